import { type AlphabetName, alphabets, runEnd } from '../scan/alphabet.js';

/**
 * What the keys of a provider look like that have no prefix of their own, as its documentation or console shows
 * them: an alphabet and lengths. `h` lower-case hexadecimal, `l` lower-case letters and digits, `U` the same in upper
 * case, `a` letters and digits, `d` these and `_ -`, `b` base64, `t` anything in a token; `u` a UUID.
 * `10-12` is a range; `h32,40` two lengths.
 */
const table = `
abuseipdb h80|accuweather a32,d60-130|activecampaign a64,72|adafruit a32|adobe h32|adzuna h8,32|agora h32
airbrake a32,40|airship d22|airtable a17|airvisual u|alchemy d32|alegra l20|algolia h32,U10|alibaba a30|alienvault h64|alphavantage U14-16
amadeus a16,32|ambee h64|amplitude h32|anypoint u|api2cart h32|apiflash h32|apilayer a32|apollo d22|appcues u|appfollow h20-40
appoptics d71|aqicn h40|artsy a20,32|asana h32|assemblyai h32|atera h32|atlassian a24|auth0 d32,64-|autodesk a16,32,d48,64
aviationstack h32|aws b40|axonaut h32|aylien h32|azure b44,88,d32-44,h32|baremetrics d25|beebole h40|besnappy h64|betterstack a24|bing h32|bitbar a32
bitbucket a20,32,d64|bitfinex d43|bitly d40|bitmex d24,48|blazemeter u|blitapp d39|blocknative u|borgbase d148|box a32|braintree h32|brandfetch b44
browserstack a20|browshot d28|bscscan U34|bugherd l22|bugsnag h32,u|buildkite h40|buttercms h40|calendarific h32,40|calorieninja a40|campayn h64
capsulecrm d64|captaindata u,h64|censys u,a32|centralstation l30|chartmogul h32|chatbot d32|chatfuel a128|checkvist a14|cicero h40|circleci h40
clarifai a32|clearbit h32,d35|clickhelp l24|clientary a25|clinchpad h32|clockify b48|cloudconvert t200-|cloudflare d37,40,h37,40
cloudimage l30|cloudinary d27|cloudmersive u|cloudsmith h40|cloze h32|clustdoc a60|coda u|codacy a20|codeclimate h40,64|codecov u|codemagic d43
codequiry h64|cohere a40|coinapi u|coinbase d64,a16,32|coincap u,h64|coinlayer h32|coinmarketcap u|companyhub d20|confluent a16,b64
contentful d43,64|convertapi a16,32|convertkit d22|copper h32|countrylayer h32|coveralls a37|crowdin h80|cryptocompare h64|currencycloud h64
currencyfreaks h32|currencylayer h32|currencyscoop h32|currentsapi d48|customerio a20,32|customer.io a20,32|dailyco h64|daily.co h64|dandelion h32|dareboost a60
datadog h32,40|datagov a40|data.gov a40|deepai u|deepgram h40|deepl u|deepseek d35|delighted a32|demio a20,32|detectify h32|detectlanguage h32
diffbot h32|digitalocean h64|discord d32,59-80|ditto u|dnsimple a32|docparser h40|docusign u,h32|dotdigital d12-|dropbox l15|duckdns u|dwolla a50|easyinsight d20
edamam h32,8|elasticemail U96|elevenlabs h32|enablex d36|enigma a40|equinix a32|eraser a20|etherscan U34|etsy l24|eventbrite U20|everhour h4-40
exchangerate h24|exchangeratesapi h32|facebook a32|faceplusplus d32|fastforex h10-32|fastly d32|feedier a32|figma d43|fileio d39|financialmodelingprep a32
findl u|finnhub l20,40|fixer h32|flatio h128|flickr h16,32|flightapi h24|foursquare U48|freshbooks h64|freshdesk a20|fulcrum h80|fxmarket d20
gandi a24|geckoboard h32|geoapify h32|geocode h32|geocodify h40|geocodio l39|getgeoapi h40|getresponse l32|giphy a32|github h20,40
gitlab d20|gitter h40|glassnode a27|gocanvas b44|goodday h32|graphhopper u|groovehq h64|gtmetrix h32|guardianapi u|gumroad d43|guru u
gyazo d43,64|happyscribe a24|harvest d97|hellosign h64|hereapi d43|heroku u|hiveage d20|holidayapi u|honeycomb h32,a22|html2pdf a64|hubspot u
humanity h40|hunter h40|ibm d44,h48|iconfinder a64|imagga h32|infura h32|insightly u|instamojo d39-40|intercom b60|intrinio a44|invoiceocean a20
ip2location U32,a10|ipapi h32|ipgeolocation h32|ipify d32|ipinfo h14|ipquality a32|ipregistry l16|ipstack h32|jfrog a64,73|jiratoken a24|jira a24|jotform a32
jumpcloud h40|juro a40|keenio h64|klipfolio h40|knapsack h32|kontent h36|kraken b56,88|kucoin h24,u|kylas u|languagelayer h32|launchdarkly u|lemlist h32
linkedin a14,16|linkpreview h32|linode h64|loadmill u|loginradius u|logzio u,l32|lokalise h40|loyverse h32|macaddress a32|madkudu h32|magicbell h40
mailboxlayer h32|mailchimp h32|mailerlite h32|mailgun h32|mailjet a32|mandrill d22|mapquest a32|marketstack h32|mattermost l26|mavenlink h64|maxmind a16
mediastack h32|meraki h40|messagebird a25|metrilo h16|mite h16|mixmax u|mixpanel h32|monkeylearn h40|moonclerk h32|moosend u|myfreshworks d20-22
nasdaq d20|netcore h32|netlify d43-45|netsuite a64|newrelic a47,h40|new_relic a47,h40|newsapi h32|nexmo a16,h8|nftport u|ngrok d49|nimble a30
noticeable a20|notion a43|npm u|numverify h32|nutritionix h32|nylas a30|nytimes a32|omnisend d75|onesignal u,b48|oopspam a40|opencage h32|openuv h32
openweather h32|optimizely d54|owlbot h40|packagecloud h48|pagerduty d20|pandadoc h40|paralleldots a43|parseur h40|pastebin d32|paydirt h32|pdflayer h32|pdfshift h32
peopledata h64|pepipost h32|percy h64|pinata h64,20|pipedream h32|pipedrive h40|pivotaltracker h32|pixabay h32-36|plaid l24,30|polygon a32|positionstack h32
postageapp a32|postmark u|prodpad h64|purestake a40|pushbullet d34|pusher h20|qase h40|rachio u|railway u|rapidapi a50|rawg h32|rebrandly h32|remove.bg a24
route4me h32|sauce u|scraperapi h32|scraperbox h32|scrapestack h32|scrapfly h32|scrapingant h32|scrapingbee U80|screenshotlayer h32|securitytrails a32
segment a32|selectpdf u|sendbird h24,40,u|sentry h32,64|serpapi h64|serphouse a60|serpstack h32|shodan a32|shutterstock a32|simplesat h40|skrapp a42|smartsheet a26,37
snipcart d75|snyk u|sonar h40|sparkpost a40|splunk u|spoonacular h32|sportsmonk a60|spotify h32|statuscake a20|stormboard h40|stormglass u-|storyblok d24|strava h40
streak h32|sumologic a14,64|sumo_token a14,64|supabase h40|taxjar h32|textmagic a30|theoddsapi h32|odds-api h32|thinkific h32|ticketmaster a32|tiingo h40|timecamp h26|timezoneapi a20
tmetric U64|todoist h40|toggl h32|tomorrow.io a32|tomtom a32|tradier a28|transferwise u|travelpayouts h32|travisci d22|travis d22|trello h32,64,d32|twelvedata h32|twilio h32
twitch l30|twitter a25,50,d80-120|tyntec a32|unplugg h64|unsplash d43|upcdatabase U32|uplead h32|uploadcare h20|upwave h32|urlscan u|userstack h32|vatlayer h32|vercel a24
verifier h96|verimail U32|veriphone U32|virustotal h64|visualcrossing U25|vpnapi h32|vultr U36|wakatime u|walkscore h32|weatherapi a31|weatherbit h32|weatherstack h32|webex a64
webflow h64|webscraper a60|worksnaps a40|worldweather a31|zendesk a40|zenscrape u|zenserp u|zerobounce h32|zipcode a64|abbysale a40|abyssale a40|planviewleankit h128|couchbase t8-100
edenai t100-|geoipifi d25-|cos_hmac h48|auth_hmac h48|lessannoying a40-80|planetscale d43,47|elastic d24,60|monday t100-|cisco h40,u|secret_access_key b40,h48|secretaccesskey b40,h48|aws_secret_key b40
`;

interface Format {
  /** Bit of the alphabet, or 0 for a UUID. */
  readonly alphabet: number;
  readonly least: number;
  readonly most: number;
}

/** Hexadecimal is widened: several providers have gone over to all letters at the same length without a word. */
const letters: Readonly<Record<string, AlphabetName>> = {
  h: 'lowerAlnum',
  l: 'lowerAlnum',
  U: 'upperAlnum',
  a: 'alnum',
  d: 'dashed',
  b: 'base64',
  t: 'graphic',
};
/** What a length has no upper bound means: more than any key has. */
const unbounded = 512;

function parse(text: string): readonly Format[] {
  let alphabet = 0;
  return text.split(',').map((part) => {
    const letter = part.charAt(0);
    if (/[a-z]/i.test(letter)) alphabet = letters[letter] ? alphabets[letters[letter]] : 0;
    const [least = '', most] = part.replace(/^[a-z]/i, '').split('-');
    if (alphabet === 0) return { alphabet, least: 36, most: most === undefined ? 36 : unbounded };
    return {
      alphabet,
      least: Number(least),
      most: most === undefined ? Number(least) : Number(most || unbounded),
    };
  });
}

const names = new Map<string, number>();
/** Sets of formats, by the number that a provider's context word carries; the first stands for 'not known'. */
const formatSets: readonly (readonly Format[])[] = (() => {
  const sets: (readonly Format[])[] = [[]];
  const known = new Map<string, number>();
  for (const entry of table.trim().split(/[|\n]/)) {
    const [name = '', text = ''] = entry.split(' ');
    let index = known.get(text);
    if (index === undefined) {
      index = sets.length;
      known.set(text, index);
      sets.push(parse(text));
    }
    names.set(name, index);
  }
  return sets;
})();

/** The number of the set that a provider's keys are in, or 0. */
export const formatSetOf = (provider: string): number => names.get(provider) ?? 0;

/** Whether the bytes look like a key of the set. */
export function fitsFormat(set: number, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return (formatSets[set] ?? []).some(
    ({ alphabet, least, most }) =>
      length >= least &&
      length <= most &&
      (alphabet === 0 ? isUuid(bytes, start) : runEnd(bytes, start, end, alphabet) === end),
  );
}

/** Whether a UUID begins at `start`, by its hyphens (RFC 9562, 4). */
export function isUuid(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < 36; i += 1) {
    const hyphen = i === 8 || i === 13 || i === 18 || i === 23;
    const byte = bytes[start + i] ?? 0;
    if (hyphen ? byte !== 0x2d : runEnd(bytes, start + i, start + i + 1, alphabets.alnum) === start + i)
      return false;
  }
  return true;
}
