//! Everything that is limited, in one table, with the reason of each limit.
//!
//! `GET /health` shows the table to the holder of the app key, and `cargo xtask manifest` generates
//! `host/limits.py` from the rows that the host enforces.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::{Map, Number, Value};

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The constant's name, in capitals.
    pub name: &'static str,
    /// The amount, in the unit.
    pub amount: Amount,
    /// Who enforces it.
    pub enforced_by: EnforcedBy,
    /// Why there is a limit, and why it is this one.
    pub reason: &'static str,
}

/// How much a limit lets through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// Bytes.
    Bytes(usize),
    /// A number of things.
    Count(usize),
    /// A time.
    Seconds(Duration),
}

/// Who enforces a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EnforcedBy {
    /// The Python side, which reads it from `host/limits.py`.
    Host,
    /// The module: it counts for itself, or sends the limit along with each request that the host makes for it.
    Module,
}

impl Limit {
    /// The name with its unit, in small letters, as `/health` shows it.
    pub fn label(&self) -> String {
        let name = self.name.to_ascii_lowercase();
        match self.amount {
            Amount::Bytes(_) => format!("{name}_bytes"),
            Amount::Count(_) => name,
            Amount::Seconds(_) => format!("{name}_seconds"),
        }
    }

    /// The amount as a number; a time in seconds.
    pub fn number(&self) -> Option<Number> {
        match self.amount {
            Amount::Bytes(amount) | Amount::Count(amount) => Some(amount.into()),
            Amount::Seconds(time) if time.subsec_nanos() == 0 => Some(time.as_secs().into()),
            Amount::Seconds(time) => Number::from_f64(time.as_secs_f64()),
        }
    }
}

/// Every limit, by its label.
pub fn report() -> Map<String, Value> {
    let entry = |limit: &Limit| Some((limit.label(), Value::Number(limit.number()?)));
    LIMITS.iter().filter_map(entry).collect()
}

/// A capacity out of the table; zero counts as one.
pub const fn capacity(entries: usize) -> NonZeroUsize {
    match NonZeroUsize::new(entries) {
        Some(entries) => entries,
        None => NonZeroUsize::MIN,
    }
}

macro_rules! limits {
    ($($(#[doc = $reason:literal])+ $name:ident: $unit:ident = $amount:expr, $enforced_by:ident;)*) => {
        $($(#[doc = $reason])+ pub const $name: limits!(@type $unit) = $amount;)*

        /// The table.
        pub const LIMITS: &[Limit] = &[$(Limit {
            name: stringify!($name),
            amount: Amount::$unit($name),
            enforced_by: EnforcedBy::$enforced_by,
            reason: concat!($($reason),+),
        },)*];
    };
    (@type Bytes) => { usize };
    (@type Count) => { usize };
    (@type Seconds) => { Duration };
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

limits! {
    // The client's request

    /// Fields of one head. Real ones have fewer than 40, and a `HeaderMap` panics at 24 576.
    HEAD_FIELDS: Count = 100, Module;
    /// Names of fields in a response to a preflight. A page that joins traces asks for fewer than 20.
    PREFLIGHT_FIELDS: Count = 64, Module;
    /// These names together. Dify's nginx answers 502 when the head of a response is over 4096 bytes.
    PREFLIGHT_NAMES: Bytes = 2 * KIB, Module;
    /// A relayed field such as `Accept` or `User-Agent`. Browsers send fewer than 300 bytes.
    RELAYED_FIELD: Bytes = KIB, Module;
    /// A relayed `tracestate`, which W3C Trace Context asks everybody to keep up to this length.
    TRACE_STATE: Bytes = 512, Module;
    /// Members of a relayed `tracestate`, which are no more than W3C Trace Context allows.
    TRACE_STATE_MEMBERS: Count = 32, Module;
    /// A relayed `X-Trace-Id` or `X-Trace-Session-Id`; Dify ignores a longer one.
    TRACE_ID: Bytes = 128, Module;
    /// A relayed `baggage`. Dify's server refuses a field over 8190 bytes.
    BAGGAGE: Bytes = 8000, Module;
    /// Members of a relayed `baggage`, as many as W3C Baggage asks everybody to keep.
    BAGGAGE_MEMBERS: Count = 64, Module;
    /// Length of a human input form's token. Dify 1.16 makes 22 characters; this leaves room for longer ones.
    FORM_TOKEN: Bytes = 128, Module;

    // The response of a sign-in, in the query of the callback

    /// The whole query. Servers before the gateway refuse a request line of more than 8 KiB.
    CALLBACK_QUERY: Bytes = 8 * KIB, Module;
    /// An authorization code; Entra's have almost 2 KiB.
    AUTHORIZATION_CODE: Bytes = 4 * KIB, Module;
    /// The `state`; the gateway's own have fewer than 64 characters.
    STATE: Bytes = 128, Module;

    // The client's body

    /// A body must be shorter: the plugin daemon cuts a longer one at this length, without telling anyone.
    BODY: Bytes = 10 * MIB, Module;
    /// How much of a body is read before other requests have their turn, because all run on one thread: a few
    /// milliseconds at the slowest, and no pause at all for what most clients send.
    BODY_TURN: Bytes = 256 * KIB, Module;
    /// Values in a JSON body, also within others. No app's inputs come near, and it bounds what Dify must build.
    JSON_VALUES: Count = 1_000_000, Module;
    /// Levels of objects and arrays in a JSON body; the body itself is the first. No app has inputs so deep, and Python's
    /// parser fails at about 1000.
    JSON_LEVELS: Count = 128, Module;
    /// Members of a JSON body, and of its `inputs`, of each of which the place is kept: far more than any app has inputs.
    JSON_MEMBERS: Count = 1000, Module;
    /// Characters of a number in a JSON body, which is kept until it ends. The largest 64-bit float has 309 digits.
    JSON_NUMBER: Count = 400, Module;
    /// A form without files, which is read whole. Flask takes no longer one (`MAX_FORM_MEMORY_SIZE`).
    FORM: Bytes = 500_000, Module;
    /// Parts of a multipart body, with `user`. Flask answers more with 413 (`MAX_FORM_PARTS`).
    FORM_PARTS: Count = 1000, Module;
    /// The head of a part. Real ones are one or two short lines.
    FORM_PART_HEAD: Bytes = 16 * KIB, Module;
    /// The request line for Dify. Gunicorn in Dify's image answers a longer one with a web page instead of JSON
    /// (`limit_request_line`).
    REQUEST_LINE: Bytes = 4094, Module;

    // The token

    /// A token. Entra sends hundreds of groups in one; servers refuse longer fields anyway.
    TOKEN: Bytes = 16 * KIB, Module;
    /// The encoded header of a token; Entra's and Keycloak's are about 150 bytes long, and a certificate chain in one has
    /// three KiB.
    TOKEN_HEADER: Bytes = 4 * KIB, Module;
    /// Depth of the JSON in a token's claims.
    CLAIMS_DEPTH: Count = 32, Module;
    /// Depth of the JSON in a token's header and in a key: both are flat except for lists, and for a key in a header.
    JOSE_DEPTH: Count = 4, Module;
    /// Keys in a key set. Real ones have fewer than 20.
    JWK_SET_KEYS: Count = 100, Module;
    /// Characters of `user`. Dify keeps it in a `VARCHAR(255)`, which counts characters.
    USER: Count = 255, Module;

    // Rules and paths

    /// Characters of a path, longer than the URLs that are the names of claims at Auth0.
    CLAIM_PATH: Count = 255, Module;
    /// Names in a path. Such a URL has many dots, each of which could be meant as a step down.
    CLAIM_PATH_NAMES: Count = 16, Module;
    /// Rules in a setting.
    RULES: Count = 100, Module;
    /// Values in a rule.
    RULE_VALUES: Count = 100, Module;
    /// Entries of `operation_rules`. A session has a bit for each, and there are fewer operations.
    OPERATION_RULES: Count = 64, Module;

    // The endpoint's settings

    /// All settings as JSON. Real ones have one or two KiB, and some ten where keys and certificates are among them. No
    /// text that is longer is kept.
    SETTINGS: Bytes = 64 * KIB, Module;
    /// One setting: room for 100 addresses, or for a rule with 200 IDs of Entra tenants.
    SETTING: Bytes = 8 * KIB, Module;
    /// A setting that is a document, which are `jwks` and `ca_certificates`: room for 60 keys or 15 certificates.
    SETTING_DOCUMENT: Bytes = 32 * KIB, Module;
    /// `login_scopes`, and `login_parameters`, as they are in the address of the provider's sign-in page: that address
    /// and a cookie share the head of a response, of which Dify's nginx takes 4096 bytes.
    LOGIN_PARAMETERS: Bytes = 640, Module;
    /// `page_origins`: they are in the content security policy, in the same head.
    PAGE_ORIGINS: Bytes = KIB, Module;
    /// `public_url` where people sign in: it is five times in that policy, and in the head of a callback beside the session
    /// cookie.
    SIGN_IN_URL: Bytes = 200, Module;
    /// The origin that Dify serves files from, in that policy too: the longest host of DNS with scheme and port.
    FILE_HOST: Bytes = 270, Module;
    /// Characters of `page_notice`, so that it stays a notice and leaves the page to the chat.
    PAGE_NOTICE: Count = 500, Module;
    /// `public_url` where AI clients reach the app: it is in every challenge, in the head of a response of which Dify's
    /// nginx takes 4096 bytes.
    MCP_URL: Bytes = 512, Module;
    /// Characters of `mcp_description`. Clients give it to a model with every question, and some take no more.
    MCP_DESCRIPTION: Count = 1000, Module;
    /// Characters of the description in a challenge. With the metadata's address and the scopes it is in the head of a
    /// response, of which Dify's nginx takes 4096 bytes.
    CHALLENGE_DESCRIPTION: Count = 1000, Module;
    /// The scopes in a challenge, which share that head. Longer ones are in the metadata alone.
    CHALLENGE_SCOPE: Bytes = 1000, Module;
    /// Entries of a setting that is a list.
    SETTING_ENTRIES: Count = 100, Module;
    /// Certificates in `ca_certificates`.
    CERTIFICATES: Count = 100, Module;
    /// Mistakes in settings that are reported one by one; of the rest only the number. Nobody corrects more at once.
    MISTAKES: Count = 20, Module;

    // The MCP server

    /// The body of a message, which is held whole: a tool's arguments are written by a model, word by word.
    MCP_BODY: Bytes = 256 * KIB, Module;
    /// Depth of the JSON in a message, of which three levels are around the arguments.
    MCP_DEPTH: Count = 64, Module;
    /// Values in a message. A value can take three hundred times its length in memory.
    MCP_VALUES: Count = 5000, Module;
    /// The identity of a request, and a progress token, if they are strings. SDKs count from 0.
    MCP_ID: Bytes = 256, Module;
    /// Characters of a client's name in the log.
    MCP_CLIENT_NAME: Count = 40, Module;
    /// Characters of a tool's name. With what clients put before it, it stays below the 64 that models take.
    MCP_TOOL_NAME: Count = 40, Module;
    /// Mistakes in arguments that a result names. A model corrects them all at once.
    MCP_ARGUMENT_MISTAKES: Count = 20, Module;
    /// One event of Dify's stream. Larger ones are the outputs of single nodes, which nobody is told.
    MCP_EVENT: Bytes = MIB, Module;
    /// The answer of a call, as JSON. No model reads as much.
    MCP_TEXT: Bytes = 2 * MIB, Module;
    /// What the calls of an endpoint that are under way hold together. Most answers have a few KiB.
    MCP_CALLS_MEMORY: Bytes = 24 * MIB, Module;
    /// Characters of what progress says of a step.
    MCP_STEP: Count = 200, Module;
    /// Between two reports of progress.
    MCP_PROGRESS_PAUSE: Seconds = Duration::from_millis(250), Module;
    /// After so long without a word to the client a comment keeps the connection alive, as Dify's pings do.
    MCP_SILENCE: Seconds = seconds(10), Module;
    /// After this time a workflow goes on without its caller, who asks for the result later: clients give up after 60 s.
    MCP_HANDOVER: Seconds = seconds(50), Module;
    /// Files that a result names.
    MCP_FILES: Count = 20, Module;
    /// The address of such a file, which Dify has signed.
    MCP_FILE_URL: Bytes = 4 * KIB, Module;
    /// Sources that a result names.
    MCP_SOURCES: Count = 20, Module;
    /// Characters of each of these sources, and of a form that a run waits for.
    MCP_EXCERPT: Count = 1000, Module;
    /// Calls of an endpoint that a client can cancel. Beyond it the first are forgotten: they cannot be.
    MCP_CANCELLABLE: Count = 1000, Module;

    // Requests to Dify, and its responses

    /// Time for the TCP and TLS handshakes with Dify, which is near.
    DIFY_CONNECT: Seconds = seconds(5), Module;
    /// Time to the head of a blocking response. Dify sends the head when the run has ended.
    DIFY_HEAD_BLOCKING: Seconds = seconds(300), Module;
    /// Time to the head of a stream. Dify sends it with a first ping at once.
    DIFY_HEAD_STREAMING: Seconds = seconds(30), Module;
    /// Silence within a response of Dify. Dify pings a stream every 10 s.
    DIFY_SILENCE: Seconds = seconds(120), Module;
    /// A whole response of Dify. The plugin daemon cuts it after 600 s (`PLUGIN_MAX_EXECUTION_TIMEOUT`), so the gateway
    /// ends it before, in words.
    DIFY_TOTAL: Seconds = seconds(590), Module;
    /// The detail of a workflow run, which is read whole to find its owner. Three copies of it must fit into the memory
    /// of an instance many times over.
    RUN_DETAIL: Bytes = 4 * MIB, Module;
    /// Depth of the JSON in Dify's response to `/info`, which is flat except for the list of tags.
    APP_INFO_DEPTH: Count = 8, Module;
    /// The address of the app's icon: Dify signs it, and it is in the page's document alone.
    PAGE_ICON: Bytes = 2 * KIB, Module;
    /// An emoji as the app's icon. Those of several characters, as of a family, take up to 35 bytes.
    EMOJI: Bytes = 64, Module;

    // Requests to an identity provider

    /// Time for the TCP and TLS handshakes with an identity provider.
    PROVIDER_CONNECT: Seconds = seconds(3), Module;
    /// What one request waits for one document of an identity provider, over all exchanges that it takes.
    PROVIDER_TOTAL: Seconds = seconds(5), Module;
    /// A discovery document or a key set. The largest of real providers have 100 KiB.
    PROVIDER_DOCUMENT: Bytes = MIB, Module;
    /// Depth of the JSON in a discovery document; those of real providers have three levels.
    PROVIDER_DOCUMENT_DEPTH: Count = 16, Module;
    /// What an introspection or userinfo endpoint says about one token.
    TOKEN_STATUS: Bytes = 64 * KIB, Module;
    /// Depth of the JSON in what such an endpoint says.
    TOKEN_STATUS_DEPTH: Count = 32, Module;
    /// What a token endpoint answers: three tokens of 16 KiB, and what stands between them.
    TOKEN_RESPONSE: Bytes = 64 * KIB, Module;
    /// Depth of the JSON in such a response, which is flat except for what some products add of the person.
    TOKEN_RESPONSE_DEPTH: Count = 16, Module;
    /// How long an assertion of the client is good. It is sent at once, and providers refuse one that lives long.
    CLIENT_ASSERTION_LIFETIME: Seconds = seconds(60), Module;
    /// Between two requests of `/health` that ask a provider what it makes of the client.
    CLIENT_CHECK_PAUSE: Seconds = seconds(30), Module;
    /// An ID token in the address of a logout. Servers refuse an address of more than 8 KiB.
    ID_TOKEN_HINT: Bytes = 4 * KIB, Module;
    /// How long a failed attempt to reach a provider holds back the next one. Also the `Retry-After` of a failure that
    /// holds nothing back.
    PROVIDER_PAUSE: Seconds = seconds(5), Module;
    /// While older keys still serve: how long after a failure nobody waits for the next attempt, and the time in which
    /// at most two attempts fail.
    PROVIDER_OUTAGE: Seconds = seconds(60), Module;
    /// How long a document serves beyond its lifetime while the provider cannot be reached.
    PROVIDER_STALE: Seconds = seconds(24 * 60 * 60), Module;
    /// Between two requests that are made because a token names an unknown key: anybody can send such tokens.
    UNKNOWN_KEY_PAUSE: Seconds = seconds(30), Module;
    /// The longest time for which a key counts as absent without asking again.
    UNKNOWN_KEY_ABSENCE: Seconds = seconds(10 * 60), Module;

    /// Codes that an endpoint redeems at the same time; a redemption ends within a second, or the provider hangs.
    REDEMPTIONS: Count = 16, Module;
    /// Sessions that an endpoint renews with the provider at the same time.
    REFRESHES: Count = 16, Module;
    /// What somebody who signs out waits for the revocation of their tokens, on which nothing depends.
    REVOCATION_TOTAL: Seconds = seconds(2), Module;
    /// Organizations of a person that GitHub lists in one response, which is its own limit.
    ORGANIZATIONS_OF_ONE_PAGE: Count = 100, Module;
    /// Such responses that are asked for one person.
    ORGANIZATION_PAGES: Count = 3, Module;

    // Requests to Dify about the app itself (`/info`, `/parameters`)

    /// What Dify says about an app.
    APP_DESCRIPTION: Bytes = MIB, Module;
    /// Time for such an exchange. It is a look into Dify's database.
    APP_DESCRIPTION_TOTAL: Seconds = seconds(5), Module;
    /// After this time a change of the app by its administrator is noticed.
    APP_DESCRIPTION_LIFETIME: Seconds = seconds(60), Module;
    /// How long a failure is remembered, so that it is not asked again with every request.
    APP_DESCRIPTION_PAUSE: Seconds = seconds(5), Module;
    /// An endpoint has one app; while its settings are edited there are a few versions of them.
    APP_DESCRIPTIONS: Count = 8, Module;
    /// These descriptions, for each of the addresses.
    APP_DESCRIPTIONS_MEMORY: Bytes = MIB, Module;

    // Metrics

    /// Endpoints of which the process counts the requests that it refuses before the module sees them.
    ENDPOINTS_WITH_REFUSALS: Count = 1000, Host;

    /// Series of `oidc_gateway_requests`. Their labels are names of ours, but Dify chooses statuses.
    REQUEST_SERIES: Count = 2000, Module;

    // Rates

    /// Users of an endpoint whose requests are counted for `requests_per_minute`: those who have sent some within the
    /// window. A stock Dify could not serve as many. Where there are more, whoever is nearest to a full bucket gets it.
    RATED_USERS: Count = 4096, Module;

    // Who waits

    /// Requests that wait for one and the same fetch. It ends within a second, or the provider hangs: then more would
    /// only fill the process. Half of what one endpoint may have under way.
    FETCH_WAITERS: Count = 128, Module;
    /// Requests of an endpoint that wait for its identity providers, in all. Below what one endpoint may have under
    /// way, so that requests with known keys get through while a provider hangs.
    PROVIDER_WAITERS: Count = 160, Module;
    /// Requests to `/health` that wait for an identity provider or for Dify. They need no token, so they must not take
    /// the places of those that have one.
    HEALTH_WAITERS: Count = 16, Module;

    /// How long a client is asked to wait when its user has too many runs under way: runs end in seconds, not minutes.
    RUN_WAIT: Seconds = seconds(5), Module;

    // The operations of the sign-in

    /// The head of a response of the sign-in. Dify's nginx has 4096 bytes for one, in which it writes fields of its own.
    RESPONSE_HEAD: Bytes = 3800, Module;
    /// What a login may take that waits for its provider: its metadata, its keys, tokens and what it says of the person.
    LOGIN_TOTAL: Seconds = seconds(4 * 5), Module;
    /// How long a finished login is kept for the browser that asks again: a slow page is reloaded within seconds.
    REDEMPTION_KEPT: Seconds = seconds(60), Module;
    /// These logins, more than finish in that time.
    REDEMPTIONS_KEPT: Count = 512, Module;
    /// What they weigh; each is a session.
    REDEMPTIONS_MEMORY: Bytes = 2 * MIB, Module;
    /// How long a check is kept beyond the interval for whoever has missed its response: as long as the cookie counts that
    /// has asked for it.
    CHECK_KEPT: Seconds = seconds(5 * 60), Module;
    /// How long a check that has failed holds back the next one of the same session.
    CHECK_PAUSE: Seconds = seconds(30), Module;
    /// Checks that are kept. One whose result is forgotten costs its person a sign-in, if the response was lost.
    CHECKS_KEPT: Count = 4096, Module;
    /// What they weigh; each is a session.
    CHECKS_MEMORY: Bytes = 8 * MIB, Module;
    /// The body of a refresh or of a logout, which has one member.
    SIGN_IN_BODY: Bytes = KIB, Module;
    /// The form with a logout token, percent-encoded.
    LOGOUT_TOKEN_BODY: Bytes = TOKEN + KIB, Module;

    // What an endpoint remembers

    /// Identity providers; with Entra's template every tenant is one.
    PROVIDERS: Count = 128, Module;
    /// The documents and keys of these providers. The one in use is kept whatever it weighs, which is bounded by
    /// `PROVIDER_DOCUMENT`.
    PROVIDERS_MEMORY: Bytes = 4 * MIB, Module;
    /// Keys that a provider is known not to have. Each has cost a request.
    UNKNOWN_KEYS: Count = 64, Module;
    /// Tokens about which an introspection or userinfo endpoint was asked.
    TOKEN_STATUSES: Count = 4096, Module;
    /// What these endpoints have said.
    TOKEN_STATUSES_MEMORY: Bytes = 4 * MIB, Module;
    /// How long such an endpoint is believed that a token is good; a revoked token keeps working for at most this long.
    TOKEN_STATUS_GOOD: Seconds = seconds(60), Module;
    /// How long a token is refused without asking again.
    TOKEN_STATUS_REFUSED: Seconds = seconds(10), Module;
    /// Tokens whose signature was found good; each costs about 150 bytes.
    VERIFIED_TOKENS: Count = 10_000, Module;
    /// Users whose first request has been answered. One who is forgotten waits once more.
    KNOWN_USERS: Count = 20_000, Module;
    /// How long a request waits for the first request of the same user. A head of Dify comes within a second.
    FIRST_REQUEST_WAIT: Seconds = seconds(1), Module;
    /// Texts of settings that are kept parsed. An instance serves one endpoint, whose settings change now and then: the
    /// earlier ones are still under way in other requests.
    PARSED_SETTINGS: Count = 4, Module;

    // Signing in with a browser

    /// A return address, with its query: room for any page of the chat, and a slot stays below 850 bytes.
    RETURN_TO: Bytes = 512, Module;
    /// The name that the page shows of a person.
    DISPLAY_NAME: Bytes = 64, Module;
    /// The session cookie, name and value. With the other fields the head of the response stays below the 4096 bytes at
    /// which Dify's nginx answers 502.
    SESSION_COOKIE: Bytes = 3000, Module;
    /// The value of a cookie that is looked at: browsers keep no longer one.
    COOKIE_VALUE: Bytes = 4 * KIB, Module;
    /// Cookies of one name that are tried. Others on the same host can plant some.
    COOKIES_OF_A_NAME: Count = 8, Module;
    /// How long a login may take. People look for their telephone.
    TRANSACTION: Seconds = seconds(15 * 60), Module;
    /// How long the browser keeps the slot of a login, so that one that was left open over night is still recognised.
    SLOT: Seconds = seconds(24 * 60 * 60), Module;
    /// The same on a host of one's own, where the slots go along with every request.
    SLOT_ON_OWN_HOST: Seconds = seconds(60 * 60), Module;
    /// How far the clocks of two instances may differ. What one of them notes may lie in the other's future.
    CLOCK_DIFFERENCE: Seconds = seconds(60), Module;
    /// How long after its time a check with the provider may come, before the session opens nothing but the check.
    SESSION_OVERDUE: Seconds = seconds(5 * 60), Module;
    /// Until the next attempt at a check while the provider cannot be reached.
    SESSION_RETRY: Seconds = seconds(60), Module;
    /// How long after the last good check a session counts while the provider cannot be reached.
    SESSION_GRACE: Seconds = seconds(60 * 60), Module;
    /// How long a session lasts that cannot be checked because the provider gave no token for it.
    SESSION_WITHOUT_CHECK: Seconds = seconds(60 * 60), Module;
    /// Logins that were finished in the time of one transaction. Beyond it the first are forgotten; the provider still
    /// redeems each code once.
    USED_TRANSACTIONS: Count = 10_000, Module;
    /// Sessions that were ended by their person. Beyond it the first are forgotten.
    ENDED_SESSIONS: Count = 10_000, Module;
    /// Logout tokens of the provider that are remembered, of each kind; 20 000 of them take about three MiB.
    LOGOUT_MARKS: Count = 10_000, Module;

    // Foreign text in messages

    /// Characters of a value from outside that a message repeats: a message is for a person. The app's name in `/health`
    /// is cut there too.
    QUOTED_VALUE: Count = 120, Module;
    /// Characters of a JSON member's name that a message repeats.
    QUOTED_NAME: Count = 64, Module;
    /// Characters of a client's path that a message repeats.
    QUOTED_PATH: Count = 100, Module;

    // The host's connections

    /// The head of a response from outside, interim responses included, and what frames its body between two pieces.
    UPSTREAM_HEAD: Bytes = 64 * KIB, Host;
    /// Fields in the head of a response from outside. Real responses have fewer than 40.
    UPSTREAM_FIELDS: Count = 100, Host;
    /// How long a connection is kept for the next request. Dify closes one that was idle for 2 s: a request on an
    /// older one may cross with the closing.
    IDLE_CONNECTION: Seconds = Duration::from_millis(1500), Host;
    /// Idle connections that are kept to one address.
    IDLE_CONNECTIONS_OF_ONE_ROUTE: Count = 256, Host;
    /// Idle connections that are kept in all, well below the usual limit of 1024 open files.
    IDLE_CONNECTIONS: Count = 512, Host;
    /// What one relayed body holds back for a larger piece, or while the client's side is busy: the longest piece.
    READ_AHEAD: Bytes = MIB, Host;
    /// The same for all bodies together. Beyond it each keeps less, so that a thousand slow ones fit into memory.
    READ_AHEAD_IN_ALL: Bytes = 128 * MIB, Host;
    /// What one body holds back then. Smaller pieces could be too many for the daemon, which drops what a slow client
    /// leaves waiting beyond 128.
    READ_AHEAD_UNDER_PRESSURE: Bytes = 256 * KIB, Host;

    // The client's request in the host

    /// Fields of a client's head, as many as the module reads of any head.
    REQUEST_HEAD_FIELDS: Count = HEAD_FIELDS, Host;
    /// A client's head, its request line included. Servers usually read 8 KiB to 64 KiB.
    REQUEST_HEAD: Bytes = 64 * KIB, Host;
    /// What a client is asked to wait where the gateway is busy.
    BUSY_WAIT: Seconds = seconds(5), Module;

    // What is under way in the host

    /// Requests that the plugin handles at once. Each costs a greenlet, which is cheap; Dify's SDK has 1000.
    WORKERS: Count = 4000, Host;
    /// Requests that wait for Dify, and streams. With those that are being decided on they leave workers free, so that
    /// a refusal and `/health` never wait for one.
    RELAYS: Count = 3000, Host;
    /// The same of one endpoint: a quarter of the workers, so that no endpoint can silence the others.
    RELAYS_OF_ONE_ENDPOINT: Count = WORKERS / 4, Host;
    /// Requests that the module is deciding on. Most take less than a millisecond, some wait for an identity provider.
    DECISIONS: Count = 900, Host;
    /// The same of one endpoint.
    DECISIONS_OF_ONE_ENDPOINT: Count = 450, Host;
    /// Bodies of clients that have not been sent to Dify. Python and the streams need the rest of the memory.
    BODIES: Bytes = 160 * MIB, Host;
    /// The same of one endpoint: six of the largest bodies that Dify takes.
    BODIES_OF_ONE_ENDPOINT: Bytes = 64 * MIB, Host;
    /// Lines on their way to the daemon's log. Beyond it the oldest are lost.
    LOG_LINES: Bytes = 4 * MIB, Host;
    /// One line of the log.
    LOG_LINE: Bytes = 32 * KIB, Host;
    /// The processor time of one call into the module. Anything takes a tenth of it at most.
    CALL: Seconds = seconds(5), Host;

    // The module in the host

    /// The memory of one instance of the module. Each endpoint has an instance of its own.
    MODULE_MEMORY: Bytes = 64 * MIB, Host;
    /// Instances in the process. A fresh one takes less than 100 KiB, but 8 GiB of the 128 TiB of addresses.
    INSTANCES: Count = 256, Host;
    /// The memory of all instances, without what is only mapped. Python and the streams need the rest of the daemon's
    /// container.
    INSTANCES_MEMORY: Bytes = 256 * MIB, Host;
    /// How long an endpoint's instance is kept without a request. No key of a provider is used for longer either.
    IDLE_INSTANCE: Seconds = seconds(24 * 60 * 60), Host;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_limit_has_a_name_of_its_own_and_is_more_than_nothing() {
        let labels: BTreeSet<_> = LIMITS.iter().map(Limit::label).collect();
        assert_eq!(labels.len(), LIMITS.len());
        for limit in LIMITS {
            assert!(
                limit.number().and_then(|number| number.as_f64()) > Some(0.0),
                "{}",
                limit.name
            );
        }
    }

    #[test]
    fn the_report_names_the_unit_of_each_limit() {
        let report = report();
        let rows = [
            ("form_token_bytes", Value::from(128)),
            ("known_users", Value::from(20_000)),
            ("dify_total_seconds", Value::from(590)),
            ("idle_connection_seconds", Value::from(1.5)),
        ];
        for (label, value) in rows {
            assert_eq!(report.get(label), Some(&value), "{label}");
        }
        assert_eq!(report.len(), LIMITS.len());
    }
}
