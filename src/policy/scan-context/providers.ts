/** Services that hand out keys without a prefix of their own: a random value after such a name is likely one. */
export const providers: readonly string[] = `
abbysale abuseipdb abyssale accuweather activecampaign adafruit adobe adzuna aeroworkflow agora aha.io airbrake airship
airtable airvisual aiven akamai alchemy alegra aletheiaapi algolia alibaba alienvault allsports alphavantage amadeus
ambee amplitude anypoint apacta api2cart apideck apiflash apify apilayer apimatic apiscience apitemplate apollo appcues
appfollow appointedd appoptics appsflyer appsynergy aqicn arcgis artsy asana assemblyai atera atlassian auddio audd auth0
autodesk autoklose autopilot avaza aviationstack aws axonaut aylien ayrshare azure b2w backblaze bannerbear baremetrics
beamer beebole benchmarkemail besnappy besttime betterstack billomat bing bitbar bitbucket bitcoinaverage bitfinex bitly
bitmex blablabus blazemeter blitapp blocknative blogger bombbomb boostnote borgbase botbonnie box braintree brandfetch
browserstack browshot bscscan buddyns budibase bugherd bugsnag buildkite bulbul bulksms buttercms caflou calendarific
calendly calorieninja campayn cannyio capsulecrm captaindata carboninterface cashboard caspio censys centralstation
cexio chargebee chartmogul chatbot chatfuel checio checklyhq checkout checkvist chef cicero circleci cisco clarifai clearbit
clickhelp clicksend clickup cliengo clientary clinchpad clockify clockwork clojars closecrm close.com cloudconvert
cloudelements cloudflare cloudimage cloudinary cloudmersive cloudplan cloudsmith cloudways cloverly cloze clustdoc coda
codacy codebase codeclimate codecov codeium codemagic codequiry cohere coinapi coinbase coincap coinlayer coinlib coinmarketcap
collect2 column commercejs commodities companyhub confluence confluent contentful contentstack conversiontools convertapi
convertkit convier copper copy.ai couchbase countrylayer courier coveralls craftmypdf crossbrowser crowdin cryptocompare
cryptonator currencycloud currencyfreaks currencylayer currencyscoop currentsapi customerguru customerio customer.io
d7network dailyco daily.co dandelion dareboost databox databricks datadog datafire datagov data.gov dbcdata deepai deepgram
deepl deepseek delighted demio deno deputy destatis detectify detectlanguage dfuse dialogflow diffbot digicert digitalocean
directus discogs discord disqus ditto django dnscheck dnsimple docparser documo docusign doppler dotdigital dotmailer
dovico dronahq droneci drone dropbox duckdns duffel duply dwolla dyspatch dynatrace eagleeye easyinsight easypost ebay ecostruxure
edamam edenai eightxeight elasticemail elastic elevenlabs enablex endorlabs enigma envoy equinix eraser essentialist etherscan
etsy eventbrite everhour evernote exchangerate exchangeratesapi exportsdk extractorapi facebook faceplusplus fastforex fastly fauna
feedier fetchrss fibery figma fileio finage financialmodelingprep findl finicity finnhub fixer flatio fleetbase flexport flickr
flightapi flightlabs flightstats float flowflu flutterwave flyio fmfw formbucket formcraft formio formsite foursquare
frameio freshbooks freshdesk freshworks front fullstory fulcrum fusebill fxmarket gandi geckoboard gemini gengo geoapify geocode
geocodify geocodio geoipifi getemail getform getgeoapi getgist getresponse getsandbox ghost giphy gitalk github gitlab gitter
glassnode glip gocanvas gocardless godaddy gofile goodday goodreads google gotowebinar gradle grafana graphcms graphhopper
grok groovehq groq gtmetrix guardianapi gumroad guru gyazo happi happyscribe harness harvest hellosign helpcrunch helpscout
hereapi heroku hetzner hive hiveage holidayapi holistic honeycomb honeybadger host.io html2pdf hubspot huggingface humanity
hunter hybiscus hypertrack ibm iconfinder iexapis iexcloud imagekit imagga imgix impala imgur infobip infura insightly instabot
instamojo intercom interseller intra42 intrinio invoiceocean ip2location ipapi ipgeolocation ipify ipinfo ipquality ipregistry
ipstack jambonz jenkins jfrog jiratoken jira jotform jumpcloud jumpseller juro kairos kakao kaleyra kanban keenio keen.io
kickbox kinsta klaviyo klipfolio knapsack kontent kraken kucoin kylas languagelayer larksuite launchdarkly leadfeeder leankit
lemlist lemonsqueezy lendflow lessannoying lexigram librato line.me linear linemessaging linkedin linkpreview linode liveagent livestorm
loadmill lob.com locationiq loggly loginradius logzio lokalise looker loyverse lunchmoney luno macaddress madkudu magicbell
magnetic mailboxlayer mailchimp mailerlite mailersend mailgun mailjet mailmodo mailsac mandrill manifest mapbox mapquest
mapsapi marketo marketstack mattermost mavenlink maxmind mediastack meistertask meraki mesibo messagebird metaapi metabase
metrilo microsoft midise mindmeister miro mite mixmax mixpanel mockaroo moderation monday mongodb monkeylearn moonclerk moosend
moralis mrticktock mulesoft mux myexperiment myfreshworks myintervals nasa nasdaq neon neptune netcore netlify netsuite
neutrino newrelic new_relic newsapi newscatcher nexmo nftport ngrok nicereply nightfall nimble nitro noticeable notion novu npm nuget
numverify nutritionix nvidia nylas nytimes oanda omdb omnisend onbuka ondemand onedesk onelogin onesignal onfleet oopspam
openai opencage openrouter opensea openstack openuv openvpn openweather opsgenie optidash optimizely optimove oracle orbit
overloop owlbot packagecloud paddle pagarme pagerduty palantir pandadoc pandascore paperform paralleldots parsehub parsers
parseur partnerstack passbase pastebin paydirt paymo paymongo paypal paystack pdflayer pdfshift peopledata pepipost percy
perplexity phantombuster phrase pinata pinecone pingdom pinterest pipedream pipedrive pivotaltracker pixabay plaid planetscale
planviewleankit planyo plivo pocket podio polarsh pollsapi poloniex polygon positionstack postageapp postbacks posthog postman
postmark powrbot prefect printful privacy.com privacy_key prodpad productboard prospectcrm protocols.io proxycrawl pubnub pulumi purestake
pushbullet pusher pushover qase qiita qualaroo qualtrics qubole questdb quickbase quickbooks quickmetrics rabbitmq rachio
railway ramp rapidapi raven rawg razorpay rownd rubygems reachmail readme readthedocs reallysimple rebrandly rechargepayments recharge
reddit redis refiner reflect remove.bg rentman repairshopr replicate replyio requestfinance resend restpack retellai revampcrm rev.ai
ringcentral ritekit roaring robinhood rocketreach rollbar ronin rosette route4me rubrik runrun saladcloud salesblink salescookie
salesflare salesforce salesmate sauce scalegrid scaleway scalr scraperapi scrapeowl scraperbox scraperbee scrapestack scrapfly
scrapingant scrapingbee scrape.do screenshotapi screenshotlayer scrutinizer securitytrails segment selectpdf semaphore
sendbird sendgrid sendinblue sendowl sentiment sentry serpapi serphouse serpstack serveravatar sheety sherpadesk shippo shipday
shodan shopify shortcut short.io shotstack shutterstock sigopt signable signaturit signupgenius simfin simplesat simplynoted
simvoly sinch sirv siteleaf skrapp skybiometry slack smartsheet smartystreet smooch snipcart snowflake snyk solarwinds solcast
sonar sourcegraph sparkpost speechtext splunk sportradar sportsmonk spoonacular spotify square ssllabs statuscake statuspage
statuspal stitchdata stormboard stormglass storecove storyblok storychief strava streak stripe stripo stytch sugester sumologic
sumo supabase supernotes surveyanyplace surveybot surveysparrow survicate swell swiftype swiftapi tableau tailscale talentlms talkdesk
tallyfy tatum tavily taxjar teamgate teamviewer teamwork tefter telegram teletype telesign telnyx tencent terraform testingbot
textmagic theoddsapi odds-api thinkific thousandeyes ticketmaster tickettailor tiingo timecamp timezoneapi tineswebhook
tly.io tmetric todoist toggl tomorrow.io tomtom tradier transferwise travelpayouts travisci travis trello truenas
trufflehog tumblr twelvedata twilio twitch twitter twist tyntec typeform typetalk ubidots uclassify unify unplugg unsplash
upcdatabase uplead uploadcare uptimerobot upwave uberduck urlscan userflow userstack vagrantcloud vatlayer vault vbout vercel
verifier verimail veriphone versioneye viewneo vimeo virustotal visualcrossing voicegain voiceflow vonage voodoosms vouchery vpnapi vultr
vyte walkscore watson weatherapi weatherbit weatherstack webex webflow webscraper webscraping wepay whatcms whoisxml
wit.ai wiz workato workable workday worksnaps workstack worldcoinindex worldweather wrike yahoo yandex yelp youneedabudget
youtube zendesk zenhub zenkit zenrows zenscrape zenserp zeplin zerobounce zerotier zipapi zipbooks zipcode zoho zoom zulip
cos_hmac secret_access_key secretaccesskey aws_secret_key couchdb auth_hmac gitea drupal wordpress ldap mysql postgres ftp smtp kubernetes docker sumo_token ifttt wakatime
canny ethplorer apifonica apptivo alconost debounce dynalist integromat ipinfodb lastfm meaningcloud nethunt nozbe onepagecrm opengraphr scrapersite signalwire squarespace sslmate stockdata text2data whoxy yousign zonka okta vastai zhipu wandb weightsandbiases mistral wireguard
cloudsight runscope m3o satismeter onwater karmacrm technicalanalysisapi baseapi fakejson planview pyowm ipifi linenotify
`
  .trim()
  .split(/\s+/);
