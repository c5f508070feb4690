//! What a token must carry, and what it opens.

use super::{Declaration, Kind, Text};

pub(in crate::settings) const AUDIENCE: Declaration = Declaration {
    name: "audience",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Audience",
        zh_hans: "受众（Audience）",
        ja_jp: "オーディエンス（Audience）",
        pt_br: "Audiência (audience)",
    },
    help: Text {
        en_us: "Only where aud holds an API identifier instead of the client ID, for example \
            https://api.example.com. The client ID is then looked for in azp, client_id, cid or \
            appid, and a token that names no client is refused. Separate several with spaces or \
            commas; one of them must match.",
        zh_hans: "仅当 aud 中是 API 标识符而不是客户端 ID 时填写，例如 https://api.example.com。此\
            时会在 azp、client_id、cid 或 appid 中查找客户端 ID，未指明客户端的令牌会被拒绝。多个\
            值用空格或逗号分隔，匹配其一即可。",
        ja_jp: "aud がクライアント ID ではなく https://api.example.com のような API の識別子である\
            場合だけ書きます。その場合クライアント ID は azp、client_id、cid、appid で照合され、ク\
            ライアントを示さないトークンは拒否されます。複数ある場合は空白またはカンマで区切り、ど\
            れか 1 つに一致すれば有効です。",
        pt_br: "Somente quando aud contém um identificador de API em vez do ID do cliente, por \
            exemplo https://api.example.com. O ID do cliente é então procurado em azp, client_id, \
            cid ou appid, e um token que não indica cliente é recusado. Separe várias com espaços \
            ou vírgulas; basta uma coincidir.",
    },
    placeholder: Some(Text::everywhere("https://api.example.com")),
};

pub(in crate::settings) const SCOPES: Declaration = Declaration {
    name: "scopes",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Required scopes",
        zh_hans: "必需的权限范围（scope）",
        ja_jp: "必須スコープ",
        pt_br: "Escopos obrigatórios",
    },
    help: Text {
        en_us: "Scopes that a token must carry, all of them, separated by spaces or commas, for \
            example: chat files. Empty: none.",
        zh_hans: "令牌必须具备的全部权限范围，用空格或逗号分隔，例如：chat files。留空表示不作要\
            求。",
        ja_jp: "トークンが持つべきスコープを、空白またはカンマで区切って書きます。すべて必要です。\
            例: chat files。空欄の場合は何も求めません。",
        pt_br: "Escopos que um token deve ter, todos eles, separados por espaços ou vírgulas, por \
            exemplo: chat files. Vazio: nenhum.",
    },
    placeholder: Some(Text::everywhere("chat")),
};

pub(in crate::settings) const REQUIRED_CLAIMS: Declaration = Declaration {
    name: "required_claims",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Required claims",
        zh_hans: "必需的声明",
        ja_jp: "必須クレーム",
        pt_br: "Claims obrigatórias",
    },
    help: Text {
        en_us: "Who may use the endpoint: rules of the form path=value, separated by commas, all \
            of which must hold. A rule may list several values separated by |. Example: \
            groups=Staff|Domain Users, realm_access.roles=chat. An array matches by any of its \
            elements. Write \\ before , | = . or \\ inside a name or value. Empty: everyone with \
            a valid token.",
        zh_hans: "谁可以使用此端点：形如 path=value 的规则，用逗号分隔，须全部满足。一条规则可用 | \
            列出多个值，满足其一即可。例如：groups=Staff|Domain Users, realm_access.roles=chat。数\
            组中任一元素匹配即可。名称或值中的 , | = . \\ 之前须加 \\。留空表示持有有效令牌的所有\
            人。",
        ja_jp: "エンドポイントを使える人の条件です。path=value の形のルールをカンマで区切り、すべて\
            満たす必要があります。値は | で区切って複数書け、どれか 1 つで十分です。例: \
            groups=Staff|Domain Users, realm_access.roles=chat。配列はいずれかの要素が一致すれば有\
            効です。名前や値に含まれる , | = . \\ の前には \\ を付けます。空欄の場合は有効なトーク\
            ンを持つ全員です。",
        pt_br: "Quem pode usar o endpoint: regras no formato path=value, separadas por vírgulas, \
            todas devem valer. Uma regra pode listar vários valores separados por |. Exemplo: \
            groups=Staff|Domain Users, realm_access.roles=chat. Em um array basta um elemento \
            coincidir. Escreva \\ antes de , | = . ou \\ dentro de um nome ou valor. Vazio: todos \
            com um token válido.",
    },
    placeholder: Some(Text::everywhere("groups=Staff")),
};

pub(in crate::settings) const ADMIN_CLAIMS: Declaration = Declaration {
    name: "admin_claims",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Administrator claims",
        zh_hans: "管理员声明",
        ja_jp: "管理者クレーム",
        pt_br: "Claims de administrador",
    },
    help: Text {
        en_us: "Who may use the operations that touch everybody's data (annotations, app feedback, \
            the logs and runs of all users): rules as in Required claims, for example groups=Dify \
            Admins. Empty: nobody.",
        zh_hans: "谁可以使用涉及所有人数据的操作（标注、应用反馈、所有用户的日志和运行记录）：规则\
            写法与“必需的声明”相同，例如 groups=Dify Admins。留空表示任何人都不可以。",
        ja_jp: "全員のデータに関わる操作（アノテーション、アプリのフィードバック、全ユーザーのログ\
            と実行結果）を使える人の条件です。書き方は「必須クレーム」と同じです。例: groups=Dify \
            Admins。空欄の場合は誰も使えません。",
        pt_br: "Quem pode usar as operações que envolvem os dados de todos (anotações, feedback do \
            aplicativo, registros e execuções de todos os usuários): regras como em Claims \
            obrigatórias, por exemplo groups=Dify Admins. Vazio: ninguém.",
    },
    placeholder: Some(Text::everywhere("groups=Dify Admins")),
};

pub(in crate::settings) const INPUT_CLAIMS: Declaration = Declaration {
    name: "input_claims",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Claims as app inputs",
        zh_hans: "作为应用输入的声明",
        ja_jp: "アプリの入力にするクレーム",
        pt_br: "Claims como entradas do aplicativo",
    },
    help: Text {
        en_us: "Claims that the app gets as inputs named __oidc_<name>, each written as path or \
            name=path, separated by spaces or commas, for example: email \
            roles=realm_access.roles. Empty: those that the app declares. none: no claim.",
        zh_hans: "以 __oidc_<name> 为名传给应用的输入的声明，写作 path 或 name=path，用空格或逗号分\
            隔，例如：email roles=realm_access.roles。留空表示传递应用已声明的那些；none 表示不传\
            递。",
        ja_jp: "__oidc_<name> という名前の入力としてアプリに渡すクレームです。path または \
            name=path の形で、空白またはカンマで区切って書きます。例: email \
            roles=realm_access.roles。空欄の場合はアプリが宣言しているものを渡します。none と書く\
            と何も渡しません。",
        pt_br: "Claims que o aplicativo recebe como entradas de nome __oidc_<name>, escritas como \
            path ou name=path e separadas por espaços ou vírgulas, por exemplo: email \
            roles=realm_access.roles. Vazio: as que o aplicativo declara. none: nenhuma.",
    },
    placeholder: Some(Text::everywhere("email roles=realm_access.roles")),
};

pub(in crate::settings) const ALLOWED_ORIGINS: Declaration = Declaration {
    name: "allowed_origins",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Allowed browser origins",
        zh_hans: "允许的浏览器来源",
        ja_jp: "許可するブラウザーのオリジン",
        pt_br: "Origens de navegador permitidas",
    },
    help: Text {
        en_us: "Web pages that may call the endpoint from a browser (CORS): origins such as \
            https://app.example.com, separated by spaces or commas; * stands for every page. \
            Empty: none. Mobile apps and servers need no entry.",
        zh_hans: "可在浏览器中调用此端点的网页（CORS）：填写来源，例如 https://app.example.com，多\
            个用空格或逗号分隔；* 表示所有网页。留空表示都不允许。移动应用和服务器无需填写。",
        ja_jp: "ブラウザーからこのエンドポイントを呼び出せるページ（CORS）です。\
            https://app.example.com のようなオリジンを空白またはカンマで区切って書きます。* はすべ\
            てのページを表します。空欄の場合は許可しません。モバイルアプリやサーバーからの呼び出し\
            には不要です。",
        pt_br: "Páginas que podem chamar o endpoint a partir de um navegador (CORS): origens como \
            https://app.example.com, separadas por espaços ou vírgulas; * representa todas as \
            páginas. Vazio: nenhuma. Aplicativos móveis e servidores não precisam disto.",
    },
    placeholder: Some(Text::everywhere("https://app.example.com")),
};

pub(in crate::settings) const PUBLIC_URL: Declaration = Declaration {
    name: "public_url",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Public URL",
        zh_hans: "公开 URL",
        ja_jp: "公開 URL",
        pt_br: "URL pública",
    },
    help: Text {
        en_us: "The URL of this endpoint as its clients write it, for example \
            https://dify.example.com/e/abcdefghijklmnop. With it the gateway publishes \
            protected-resource metadata (RFC 9728), which tells clients where to sign in.",
        zh_hans: "客户端访问此端点所用的 URL，例如 https://dify.example.com/e/abcdefghijklmnop。填\
            写后，网关会发布受保护资源元数据（RFC 9728），告诉客户端到哪里登录。",
        ja_jp: "クライアントから見たこのエンドポイントの URL です。例: \
            https://dify.example.com/e/abcdefghijklmnop。設定すると、サインイン先をクライアントに\
            知らせる保護リソースのメタデータ（RFC 9728）が公開されます。",
        pt_br: "A URL deste endpoint como os clientes a escrevem, por exemplo \
            https://dify.example.com/e/abcdefghijklmnop. Com ela, o gateway publica os metadados \
            de recurso protegido (RFC 9728), que dizem aos clientes onde entrar.",
    },
    placeholder: Some(Text::everywhere(
        "https://dify.example.com/e/abcdefghijklmnop",
    )),
};
