/**
 * Mounts a folder so that one user's files appear as another's (an id-mapped mount, mount_setattr(2)): mount(8) can
 * do it from util-linux 2.39 on, Perl's syscall() on every Debian and Ubuntu, whose base system it is part of.
 * Run as root, in a mount namespace of its own: perl FILE SOURCE TARGET UID-ON-DISK UID-SHOWN.
 */
export const idMapProgram = `use strict;
use POSIX ();
my ($source, $target, $disk, $shown) = @ARGV;
my $machine = (POSIX::uname())[4];
my %unshare = (x86_64 => 272, aarch64 => 97);
defined $unshare{$machine} or die "no id-mapped mounts on $machine\\n";
my ($OPEN_TREE, $MOVE_MOUNT, $MOUNT_SETATTR) = (428, 429, 442);
my ($AT_FDCWD, $AT_EMPTY_PATH, $AT_RECURSIVE) = (-100, 0x1000, 0x8000);
my ($CLONE_NEWUSER, $OPEN_TREE_CLONE, $OPEN_TREE_CLOEXEC) = (0x10000000, 1, 02000000);
my ($MOUNT_ATTR_IDMAP, $MOVE_MOUNT_F_EMPTY_PATH) = (0x00100000, 4);
# syscall() wants strings that could be written to.
my $empty = "";

# A child lends its user namespace, which holds the mapping.
pipe(my $ready, my $say_ready) or die "pipe: $!\\n";
pipe(my $end, my $say_end) or die "pipe: $!\\n";
my $child = fork() // die "fork: $!\\n";
if ($child == 0) {
  close $say_end;
  syscall($unshare{$machine}, $CLONE_NEWUSER) == 0 and syswrite($say_ready, "x");
  close $say_ready;
  sysread($end, my $nothing, 1);
  POSIX::_exit(0);
}
close $say_ready; close $end;
sysread($ready, my $answer, 1) or die "a user namespace can't be made\\n";
for my $map ("uid_map", "gid_map") {
  open(my $file, ">", "/proc/$child/$map") or die "$map: $!\\n";
  syswrite($file, "$disk $shown 1\\n") or die "$map: $!\\n";
  close $file;
}
open(my $namespace, "<", "/proc/$child/ns/user") or die "user namespace: $!\\n";
my $tree = syscall($OPEN_TREE, $AT_FDCWD, $source, $OPEN_TREE_CLONE | $AT_RECURSIVE | $OPEN_TREE_CLOEXEC);
$tree >= 0 or die "open_tree: $!\\n";
my $attributes = pack("QQQQ", $MOUNT_ATTR_IDMAP, 0, 0, fileno($namespace));
syscall($MOUNT_SETATTR, $tree, $empty, $AT_EMPTY_PATH | $AT_RECURSIVE, $attributes, length $attributes) == 0
  or die "mount_setattr: $! (the file system can't map ids)\\n";
syscall($MOVE_MOUNT, $tree, $empty, $AT_FDCWD, $target, $MOVE_MOUNT_F_EMPTY_PATH) == 0 or die "move_mount: $!\\n";
close $say_end;
waitpid($child, 0);
`;
