import { type AlphabetName, alphabets } from '../scan/alphabet.js';
import { longestValue } from './candidate.js';
import { isSpoiltHex, type MakeUp, makeUpOf, nearLength, uuidLength } from './make-up.js';

/**
 * What the keys of a provider look like that have no prefix of their own, as its documentation or console shows
 * them: an alphabet and lengths. `h` lower-case hexadecimal, `l` lower-case letters and digits, `U` the same in upper
 * case, `a` letters and digits, `d` these and `_ -`, `b` base64, `t` what tokens are written in, `g` any mark; `u` a UUID.
 * `10-12` is a range; `h32,40` two lengths.
 */
const table = `
abbysale a40|abuseipdb h80|abyssale a40|accuweather a32,d60-130|activecampaign a64,72|adafruit l32|adobe h32|adzuna h8,32|aeroworkflow g20|agora h32
aha.io h64|airbrake d32,40|airship a91,d22|airtable l17|airvisual u|alchemy d32|alconost l32|alegra l20|aletheiaapi U32|algolia a32,U10|alibaba a30
alienvault h64|allsports l64|alphavantage U14-16|amadeus a16,32|ambee h64|amplitude h32|anypoint u|apacta u|api2cart h32|apideck a40|apiflash h32
apifonica d39,47|apify a36|apilayer a32|apiscience d22|apitemplate d39|apollo a22|appcues u|appfollow a20|appointedd b88|appoptics d71|appsynergy l64
apptivo u,d32|aqicn h40|artsy a20,32|asana h32,g51|assemblyai h32|atera h32|atlassian a24|audd d32|auth0 d32-60,64-|auth_hmac h48
autodesk a16,32,d48,64|autoklose d32|autopilot h32|avaza d42-56|aviationstack h32|aws b40|aws_secret_key b40|axonaut h32|aylien h32|ayrshare d31,35
azure b44,88,d32-44,h32|bannerbear a24|baremetrics d25|baseapi u|beamer d46,b46|beebole h40|benchmarkemail u|besnappy h64|besttime d36|betterstack a24
billomat l32|bing h32|bitbar l32|bitbucket a20,32,d64|bitcoinaverage a43|bitfinex d43|bitly d40|bitmex d24,48|bittrex l32|blablabus a22|blazemeter u
blitapp d39|blocknative u|blogger d39|boostnote h64|borgbase t148-152|box a32|braintree h32|brandfetch a40,b44|browserstack a20|browshot d28
bscscan U34|buddyns l40|budibase d111-113|bugherd l22|bugsnag h32,u|buildkite h40|bulbul l32|buttercms h40|caflou t155|calendarific h32,40
calendly t200-|calorieninja a40|campayn h64|canny u|cannyio u|capsulecrm d64|captaindata u,h64|carboninterface a21|cashboard d15|caspio l50,8
censys a32,u|centralstation l30|cexio a24-27|chartmogul h32|chatbot d32|chatfuel a128|checio t48|checklyhq l32|checkvist a14|cicero h40|circleci h40
cisco h40,u|clarifai a32|clearbit h32,d35|clickhelp a24|clicksend u|cliengo u|clientary a24-26|clinchpad h32|clockify b48|clockwork a24
closecrm t45-50|cloudconvert t200-|cloudelements l32,a43|cloudflare d37,40,h37,40|cloudimage d30|cloudinary d27|cloudmersive u|cloudplan d32
cloudsight d22|cloudsmith h40|cloverly g28|cloze h32|clustdoc a60|coda u|codacy a20|codeclimate h40,64|codecov u,l32|codeium u|codemagic d43
codequiry h64|cohere a40|coinapi u,U36|coinbase d64,a16,32|coincap u,h64|coinlayer h32|coinlib l16|coinmarketcap u|collect2 u|commercejs d48
commodities a60|companyhub a20|confluence a24|confluent a16,b64|contentful d43,64|convertapi a16,32|convertkit d22|convier g43|copper h32|cos_hmac h48
couchbase g8-100|countrylayer h32|coveralls d37|crossbrowser a16|crowdin a80|cryptocompare d64|currencycloud h64|currencyfreaks h32|currencylayer h32
currencyscoop h32|currentsapi a48|customer.io a20,32|customerguru a50,30|customerio a20,32|d7network g24|daily.co h64|dailyco h64|dandelion h32
dareboost a60|data.gov a40|databox l21|datadog d32,40|datafire g175-190|datagov a40|debounce a13|deepai u|deepgram h40|deepl u|deepseek d35
delighted a32|demio a20,32|deputy l32|detectify h32|detectlanguage h32|dfuse d36|dialogflow h32|diffbot h32|digitalocean d64|discogs a40
discord d32,59-80|disqus a64|ditto u|dnscheck u,a32|dnsimple a32|docparser h40|documo t200-|docusign u,h32|doppler a43|dotdigital d12-|dovico t33-
dronahq l50|drone a32|droneci a32|dropbox l15|duckdns u|duffel a43|dwolla d50|dynalist d128|dyspatch U52|eagleeye a15|easyinsight a20|easypost a58
edamam h32,8|edenai t100-|eightxeight a43|elastic d24,60|elasticemail d96|elevenlabs h32|enablex a36,l24|enigma a40|equinix a32|eraser a20
etherscan U34|ethplorer d22|etsy a24|eventbrite U20|everhour d32|exchangerate h24|exchangeratesapi h32|exportsdk d42-52|extractorapi h40|facebook a32
faceplusplus d32|fakejson a22|fastforex l28|fastly d32|feedier a32|fetchrss t40|fibery t44|figma d43-50|fileio d39|finage U39
financialmodelingprep a32|findl u|finicity h32,l20|finnhub l20,40|fixer a32|flatio h128|flickr h16,32|flightapi h24|flightstats l32,8|float t59-60
flowflu a51|flutterwave h32|fmfw d32|foursquare U48|freshbooks h64|freshdesk a20|freshworks d20-22|fulcrum h80|fullstory b88|fusebill a88|fxmarket d20
gandi a24|geckoboard a44,h32|gemini d27-28,a28|gengo g64|geoapify h32|geocode l28,h32|geocodify h40|geocodio l39|geoipifi d25-|getemail d20
getgeoapi h40|getgist b68|getresponse l32|getsandbox d40,15-30|ghost g89|giphy a32|gitea h40|github h20,40|gitlab d20|gitter d40|glassnode a27
gocanvas b44|gocardless d40|godaddy d35-37,a22|gofile a32|goodday h32|goodreads a20-22,43|graphcms l25|graphhopper u|groovehq a64|gtmetrix h32
guardianapi u|gumroad d43|guru u|gyazo d43,64|happi a56|happyscribe a24|harvest d97|hellosign h64|helpcrunch b328|helpscout a56|hereapi d43|heroku u
hetzner a64|hive l32,a17|hiveage d20|holidayapi u|holistic h40|honeybadger a20|honeycomb h32,a22|host.io l14|html2pdf a64|hubspot u|huggingface a34-37
humanity h40|hunter d40|hypertrack d54,27|ibm d44,h48|iconfinder a64|iexapis d35|iexcloud d35|imagekit d36|imagga b72|imgur h40,15|impala d46
infobip d69|infura h32|insightly u|instabot b44|instamojo d39-40|integromat u|intercom d60,b60|intra42 h64|intrinio a44|invoiceocean a20
ip2location U32,a10|ipapi h32|ipgeolocation h32|ipifi a32|ipify d32|ipinfo h14|ipinfodb l64|ipquality l32|ipregistry l16|ipstack h32|jambonz u
jenkins h32,34|jfrog l64,73|jira a24|jiratoken a24|jotform a32|jumpcloud a40|jumpseller h32|juro a40|kairos h32|kakao h32|kanban U12|karmacrm a20
keen.io h64|keenio U64,l24|kickbox d65|klipfolio h40|knapsack h32|kontent u,h36|kraken b56,88|kucoin h24,u|kylas u|languagelayer h32|larksuite a32
lastfm l32|launchdarkly u,d40|leadfeeder d43|lemlist h32|lemonsqueezy t900-|lessannoying d57|lexigram t301|librato l64|linear a40,h32
linemessaging b171-172|linenotify a43|linkedin a14,16|linkpreview a32|linode h64|liveagent a32|loadmill u|lob.com d40|locationiq t35|loggly u
loginradius u|logzio u,l32|lokalise h40|looker a24,20|loyverse d32|lunchmoney h50|luno l13,d43|m3o a48|macaddress d32|madkudu h32|magicbell d40
magnetic u|mailboxlayer h32|mailchimp h32|mailerlite h32|mailgun h32,d72|mailjet a32,b88|mailmodo d31|mailsac d38-|mandrill d22|manifest d32
mapbox t80-240|mapquest a32|marketstack h32|mattermost l26|mavenlink h64|maxmind a16|meaningcloud l32|mediastack h32|meistertask a43|meraki h40
mesibo a64|messagebird d25|metaapi h64,24|metrilo h16|mindmeister a43|miro d27|mistral a32|mite h16|mixmax d36|mixpanel h32,d30-40|mockaroo h8
moderation t190-|monday t100-|monkeylearn h40|moonclerk h32|moosend u|moralis a64|mux u,b75|myfreshworks d22|myintervals l11|nasa a40|nasdaq d20
netcore d32|nethunt u|netlify d43-45|netsuite a64|neutrino a48|new_relic a47,h40,l64|newrelic d47,h40,l64|newsapi h32|newscatcher d43|nexmo a16,h8
nftport u|ngrok d49|nicereply h40|nightfall a32|nimble a30|nitro h32|noticeable a20|notion a43|novu h32|nozbe d81|npm u|nuget l46|numverify h32
nutritionix h32|nylas a30|nytimes d32|oanda a24,d65|odds-api h32|okta d42|omdb h8|omnisend d75|onelogin l64|onepagecrm b44,l24|onesignal u,b48
onfleet h32|onwater d20|oopspam a40|opencage h32|opengraphr a80|opensea h32|openuv h32|openweather h32|opsgenie u|optimizely g54|owlbot h40
packagecloud h48|paddle h50|pagerduty d20|pandadoc a40|pandascore d51|paralleldots a43|parseur h40|partnerstack a64|passbase a128|pastebin d32
paydirt h32|paymo a44|paymongo d32|paypal d80|paystack h40|pdflayer h32|pdfshift h32|peopledata h64|pepipost d32|percy h64|phantombuster d39-43
phrase h64|pinata h64,20|pinecone u|pingdom d80-90|pipedream h32|pipedrive a40|pivotaltracker h32|pixabay d34|plaid l24,30|planetscale d43,47
planview h128|planviewleankit h128|planyo l62|plivo d40,U20|pocket d30|podio a64|pollsapi U28|poloniex h128,d35|polygon a32|positionstack d32
postageapp a32|posthog d43-47|postman d64|postmark u|powrbot a40|privateai l32|prodpad h64|prospectcrm d32|protocols.io l64|proxycrawl d22|pubnub u
pulumi h40|purestake a40|pushbullet d34|pusher h20|pushover l30|pyowm l32|qase h40|qualaroo b64|qualtrics a40|qubole l64|quickbooks d50
quickmetrics d22|rachio u|railway u|rapidapi d50|raven d16,17|rawg h32|razorpay a24|readme d32|reallysimple t900-|rebrandly d32|recharge h64
reddit d27-30|refiner u|remove.bg a24|repairshopr d51|replicate h40,a37|replyio a24|restpack a48|rev.ai b28,d27|revampcrm a40|ringcentral d22
ritekit h44|roaring d28|rocketreach d39|rollbar h32|ronin a24-26|route4me U32|rownd u,l48|rubygems h48|runrun h32,a18-20|runscope u|salesblink a16
salescookie a32|salesflare d45|satismeter a16,24|sauce u|scaleway u|scrapeowl l30|scraperapi h32|scraperbox U32|scrapersite a45|scrapestack h32
scrapfly h32|scrapingant h32|scrapingbee U80|screenshotapi d31|screenshotlayer d32|scrutinizer h64|secret_access_key b40,h48|secretaccesskey b40,h48
securitytrails a32|segment a32|selectpdf u|semaphore l32|sendbird h24,40,u|sendgrid d69|sentiment a20|sentry h32,64|serpapi h64|serphouse a60
serpstack h32|sheety l32,64|sherpadesk l32|shipday t31|shippo h40|shodan a32|shopify h32|shortcut u|shotstack a40|shutterstock a32,16|signable h32
signalwire a50,u|signaturit a86|signupgenius a32|sigopt U48|simfin a32|simplesat h40|simplynoted t340-360|simvoly l33|sinch l32|sirv g88,a26
siteleaf l32|skrapp a42|skybiometry l25-26|smartsheet a26,37|smartystreet a20,u|smooch d86,d28|snipcart d75|snyk u|solarwinds d71|solcast d32
sonar d40|sourcegraph h40|sparkpost a40|speechtext h32|splunk u,a22|spoonacular h32|sportradar l24|sportsmonk a60|spotify h32|squarespace u
sslmate a36|statuscake a20|statuspage u|stitchdata d35|stockdata a40|storecove d43|stormboard h40|stormglass d73|storyblok a24|storychief t900-
strava h40|streak h32|stripe a24-99|stytch b48,d49|sugester a32|sumo_token a14,64|sumologic a14,64|supabase h40|supernotes d43|surveyanyplace u,a32
surveybot d80|surveysparrow d88|survicate l32|swell a32|swiftype d20|talentlms a30|tallyfy t200-|tatum u|tavily a32|taxjar h32|teamgate l40,a80
teamwork t70-80|technicalanalysisapi U48|tefter l20|telesign b88|telnyx d58|tencent a32|testingbot h32|text2data u|textmagic a30|theoddsapi h32
thinkific h32|thousandeyes a32|ticketmaster a32|tiingo h40|timecamp h26|timezoneapi a20|tly.io a60|tmetric U64|todoist h40|toggl h32|tomorrow.io a32
tomtom a32|tradier a28|transferwise u|travelpayouts h32|travis a22|travisci a22|trello h32,d32,64|tumblr a50|twelvedata h32|twilio h32|twist h46
twitch l30|twitter a25,45,50,d80-120|tyntec a32|typeform a44,t40-60|typetalk a64|ubidots a30|unify b44,d44|unplugg h64|unsplash d43|upcdatabase U32
uplead d32|uploadcare h20|uptimerobot d30-36|upwave h32|urlscan u|userstack h32|vastai h64|vatlayer h32|vbout a25|vercel a24|verifier h96|verimail U32
veriphone U32|versioneye d40|viewneo t800-|virustotal h64|visualcrossing U25|voicegain t180-|vonage a16,h8|vouchery u|vpnapi a32|vultr U36|vyte l50
wakatime u|walkscore h32|wandb h40|watson d44|weatherapi a31|weatherbit h32|weatherstack h32|webex d64,65|webflow h64|webscraper a60|webscraping a32
weightsandbiases h40|wepay d62|whoisxml d32|whoxy l33|wireguard b44|wit.ai U32|wiz a53,64|worksnaps a40|workstack a60|worldcoinindex a35
worldweather l31|wrike t300-|yandex t83|yelp d128|youneedabudget h64|yousign l32|youtube d39,24|zendesk d40|zenhub h80|zenkit d41|zenrows h40
zenscrape u|zenserp u|zeplin t350-400|zerobounce h32|zerotier a32|zhipu t49|zipapi l32|zipcode a64|zonka a36|zoom a22,32|zulip a32
`;

interface Format {
  /** Bit of the alphabet, or 0 for a UUID. */
  readonly alphabet: number;
  readonly least: number;
  readonly most: number;
  /** Documented as hexadecimal, or a UUID: a value that is nearly so was spoilt. */
  readonly hexadecimal: boolean;
}

/** Hexadecimal is widened: several providers have gone over to all letters at the same length without a word; and it has no case. */
const letters: Readonly<Record<string, readonly AlphabetName[]>> = {
  h: ['lowerAlnum', 'hex'],
  l: ['lowerAlnum'],
  U: ['upperAlnum'],
  a: ['alnum'],
  d: ['dashed'],
  b: ['base64'],
  t: ['token'],
  g: ['graphic'],
};
/** What a length has no upper bound means: more than any key has. */
const unbounded = 512;

function parse(text: string): readonly Format[] {
  let of: readonly number[] = [];
  let hexadecimal = false;
  return text.split(',').flatMap((part) => {
    const letter = part.charAt(0);
    if (/[a-z]/i.test(letter)) {
      of = letters[letter]?.map((name) => alphabets[name]) ?? [0];
      hexadecimal = letter === 'h';
    }
    const [least = '', most] = part.replace(/^[a-z]/i, '').split('-');
    return of.map((alphabet) => {
      if (alphabet === 0) return { alphabet, least: uuidLength, most: uuidLength, hexadecimal: true };
      return {
        alphabet,
        hexadecimal,
        least: Math.min(Number(least), longestValue),
        most: most === undefined ? Number(least) : Number(most || unbounded),
      };
    });
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

/** What a value is beside a provider whose formats are known. */
export const fits = { unknown: 0, fits: 1, nearly: 2, other: 3 } as const;
export type Fit = (typeof fits)[keyof typeof fits];

/** Whether the bytes look like a key of the set, or like one that was cut, lengthened or given a letter that none has. */
export function fitOf(set: number, bytes: Uint8Array, start: number, end: number): Fit {
  return fitOfMakeUp(set, makeUpOf(bytes, start, end));
}

/** {@link fitOf} for a value that was looked at already. */
export function fitOfMakeUp(set: number, makeUp: MakeUp): Fit {
  const { length, common, uuid } = makeUp;
  let fit: Fit = fits.other;
  for (const { alphabet, least, most, hexadecimal } of formatSets[set] ?? []) {
    const off = length < least ? least - length : length - most;
    if (off > nearLength) continue;
    const clean =
      (alphabet === 0 ? uuid : (common & alphabet) !== 0) && !(hexadecimal && isSpoiltHex(makeUp));
    if (off <= 0 && clean) return fits.fits;
    if ((off <= 0 || clean) && most !== unbounded) fit = fits.nearly;
  }
  return fit;
}

/** Each provider with the alphabets and lengths of its keys, as the table has them. @public for the training script */
export const formatsByProvider: ReadonlyMap<string, string> = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(' ') as [string, string]),
);
