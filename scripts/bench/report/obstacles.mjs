// What stands in the way of each goal (by its name in goals.mjs), printed while it is missed.
export const obstacles = {};
