//! The required settings: whose tokens are taken, and which app they open.

use super::{Declaration, Kind, Text};

pub(in crate::settings) const ISSUER: Declaration = Declaration {
    name: "issuer",
    kind: Kind::Address,
    required: true,
    default: None,
    label: Text {
        en_us: "Issuer URL",
        zh_hans: "签发者 URL（Issuer）",
        ja_jp: "発行者 URL（Issuer）",
        pt_br: "URL do emissor (issuer)",
    },
    help: Text {
        en_us: "The iss claim of your tokens, copied exactly, with or without the slash at its \
            end. Separate several with spaces or commas. For many Entra tenants write \
            https://login.microsoftonline.com/{tenantid}/v2.0 and list the tenants in Required \
            claims, for example tid=<tenant ID>.",
        zh_hans: "令牌中 iss 声明的值，须逐字照抄，末尾有无斜杠都要一致。多个值用空格或逗号分隔。如\
            需接受多个 Entra 租户，请填写 https://login.microsoftonline.com/{tenantid}/v2.0，并在\
            “必需的声明”中列出租户，例如 tid=<租户 ID>。",
        ja_jp: "トークンの iss クレームの値を、末尾のスラッシュの有無も含めてそのまま書きます。複数\
            ある場合は空白またはカンマで区切ります。複数の Entra テナントを受け入れるには \
            https://login.microsoftonline.com/{tenantid}/v2.0 と書き、「必須クレーム」に tid=<テナ\
            ント ID> のようにテナントを列挙します。",
        pt_br: "O valor da claim iss dos seus tokens, copiado exatamente, com ou sem a barra no \
            final. Separe vários com espaços ou vírgulas. Para vários locatários do Entra, \
            escreva https://login.microsoftonline.com/{tenantid}/v2.0 e liste os locatários em \
            Claims obrigatórias, por exemplo tid=<ID do locatário>.",
    },
    placeholder: Some(Text::everywhere("https://idp.example.com/realms/main")),
};

pub(in crate::settings) const CLIENT_ID: Declaration = Declaration {
    name: "client_id",
    kind: Kind::TextInput,
    required: true,
    default: None,
    label: Text {
        en_us: "Client ID",
        zh_hans: "客户端 ID",
        ja_jp: "クライアント ID",
        pt_br: "ID do cliente",
    },
    help: Text {
        en_us: "The client ID that tokens must be meant for. It must be in the aud claim or, where \
            a token has no aud (Amazon Cognito), in client_id. Separate several with spaces or \
            commas. With several issuers, issuer#id binds an ID to one of them, for example \
            https://idp.example.com#my-app.",
        zh_hans: "令牌必须面向的客户端 ID。它须出现在 aud 声明中；令牌没有 aud 时（如 Amazon \
            Cognito），须出现在 client_id 中。多个值用空格或逗号分隔。有多个签发者时，可用 \
            issuer#id 将某个 ID 绑定到其中之一，例如 https://idp.example.com#my-app。",
        ja_jp: "トークンの宛先となるクライアント ID です。aud クレームに、aud のないトークン（\
            Amazon Cognito）では client_id に含まれている必要があります。複数ある場合は空白または\
            カンマで区切ります。発行者が複数ある場合は、https://idp.example.com#my-app のように \
            issuer#id の形で ID を特定の発行者に結び付けられます。",
        pt_br: "O ID do cliente ao qual os tokens devem se destinar. Ele deve estar na claim aud \
            ou, quando o token não tem aud (Amazon Cognito), em client_id. Separe vários com \
            espaços ou vírgulas. Com vários emissores, issuer#id vincula um ID a um deles, por \
            exemplo https://idp.example.com#my-app.",
    },
    placeholder: Some(Text::everywhere("my-app")),
};

pub(in crate::settings) const DIFY_API_URL: Declaration = Declaration {
    name: "dify_api_url",
    kind: Kind::Address,
    required: true,
    default: Some("https://api.dify.ai/v1"),
    label: Text {
        en_us: "Dify API URL",
        zh_hans: "Dify API 地址",
        ja_jp: "Dify API の URL",
        pt_br: "URL da API do Dify",
    },
    help: Text {
        en_us: "The base URL of the app API, as the app's API access page shows it; it usually \
            ends in /v1. It must be reachable from the plugin, so an internal address such as \
            http://api:5001/v1 is fine.",
        zh_hans: "应用 API 的基础地址，即应用“访问 API”页面上显示的地址，通常以 /v1 结尾。插件必\
            须能够访问该地址，因此也可以填写内部地址，例如 http://api:5001/v1。",
        ja_jp: "アプリの「API アクセス」ページに表示される、アプリ API のベース URL です。通常は \
            /v1 で終わります。プラグインから到達できればよいので、http://api:5001/v1 のような内部\
            アドレスも使えます。",
        pt_br: "A URL base da API do aplicativo, como aparece na página de acesso à API; em geral \
            termina em /v1. Ela deve ser acessível a partir do plugin, portanto um endereço \
            interno como http://api:5001/v1 também serve.",
    },
    placeholder: Some(Text::everywhere("https://api.dify.ai/v1")),
};

pub(in crate::settings) const APP_KEY: Declaration = Declaration {
    name: "app_key",
    kind: Kind::SecretInput,
    required: true,
    default: None,
    label: Text {
        en_us: "App API key",
        zh_hans: "应用 API 密钥",
        ja_jp: "アプリの API キー",
        pt_br: "Chave de API do aplicativo",
    },
    help: Text {
        en_us: "An API key of the Dify app, from the app's API access page; it begins with app-. \
            Clients never see it.",
        zh_hans: "Dify 应用的 API 密钥，在应用的“访问 API”页面创建，以 app- 开头。客户端永远看不\
            到它。",
        ja_jp: "Dify アプリの API キーです。アプリの「API アクセス」ページで作成し、app- で始まりま\
            す。クライアントに渡ることはありません。",
        pt_br: "Uma chave de API do aplicativo Dify, criada na página de acesso à API; começa com \
            app-. Os clientes nunca a veem.",
    },
    placeholder: Some(Text::everywhere("app-…")),
};
