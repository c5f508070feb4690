//! How a token is validated.

use super::{Choice, Declaration, Kind, Text};

pub(in crate::settings) const TOKEN_VALIDATION: Declaration = Declaration {
    name: "token_validation",
    kind: Kind::Select(&[
        Choice {
            value: "auto",
            label: Text {
                en_us: "Automatic",
                zh_hans: "自动",
                ja_jp: "自動",
                pt_br: "Automática",
            },
        },
        Choice {
            value: "jwt",
            label: Text {
                en_us: "By signature (JWT only)",
                zh_hans: "验证签名（仅限 JWT）",
                ja_jp: "署名で検証（JWT のみ）",
                pt_br: "Pela assinatura (somente JWT)",
            },
        },
        Choice {
            value: "introspection",
            label: Text {
                en_us: "By introspection (RFC 7662)",
                zh_hans: "通过内省端点（RFC 7662）",
                ja_jp: "イントロスペクション（RFC 7662）",
                pt_br: "Por introspecção (RFC 7662)",
            },
        },
        Choice {
            value: "userinfo",
            label: Text {
                en_us: "By the userinfo endpoint (proves no audience)",
                zh_hans: "通过 userinfo 端点（不能证明受众）",
                ja_jp: "userinfo エンドポイント（宛先は証明されない）",
                pt_br: "Pelo endpoint userinfo (não comprova a audiência)",
            },
        },
    ]),
    required: false,
    default: Some("auto"),
    label: Text {
        en_us: "Token validation",
        zh_hans: "令牌验证方式",
        ja_jp: "トークンの検証方法",
        pt_br: "Validação do token",
    },
    help: Text {
        en_us: "Automatic checks a JWT with the provider's keys and asks introspection about any \
            other token where Client secret is set. Introspection and userinfo need a single \
            issuer. Userinfo proves no audience: a token that was issued for any other app of the \
            same provider is taken too, so choose it only where nothing else is possible.",
        zh_hans: "“自动”会用提供方的密钥验证 JWT；其他令牌在填写了“客户端密钥”时通过内省端点查\
            询。内省和 userinfo 只能用于单个签发者。userinfo 不能证明受众：同一提供方签发给任何其\
            他应用的令牌也会被接受，因此仅在别无选择时使用。",
        ja_jp: "「自動」では JWT をプロバイダーの鍵で検証し、その他のトークンは「クライアントシーク\
            レット」があればイントロスペクションで確認します。イントロスペクションと userinfo は発\
            行者が 1 つの場合だけ使えます。userinfo は宛先を証明しません。同じプロバイダーが他のア\
            プリ向けに発行したトークンも受け入れてしまうため、ほかに方法がない場合だけ選んでくださ\
            い。",
        pt_br: "A automática verifica um JWT com as chaves do provedor e consulta a introspecção \
            para outros tokens quando há Segredo do cliente. Introspecção e userinfo exigem um \
            único emissor. O userinfo não comprova a audiência: um token emitido para qualquer \
            outro aplicativo do mesmo provedor também é aceito, portanto escolha-o somente se \
            nada mais for possível.",
    },
    placeholder: None,
};

pub(in crate::settings) const TOKEN_KIND: Declaration = Declaration {
    name: "token_kind",
    kind: Kind::Select(&[
        Choice {
            value: "access",
            label: Text {
                en_us: "Access tokens",
                zh_hans: "访问令牌",
                ja_jp: "アクセストークン",
                pt_br: "Tokens de acesso",
            },
        },
        Choice {
            value: "id",
            label: Text {
                en_us: "ID tokens",
                zh_hans: "ID 令牌",
                ja_jp: "ID トークン",
                pt_br: "Tokens de ID",
            },
        },
        Choice {
            value: "either",
            label: Text {
                en_us: "Both",
                zh_hans: "两者均可",
                ja_jp: "両方",
                pt_br: "Ambos",
            },
        },
    ]),
    required: false,
    default: Some("access"),
    label: Text {
        en_us: "Token kind",
        zh_hans: "令牌类型",
        ja_jp: "トークンの種類",
        pt_br: "Tipo de token",
    },
    help: Text {
        en_us: "An API should be called with access tokens. Take ID tokens only where the \
            provider's access tokens cannot be checked, as with Google.",
        zh_hans: "调用 API 应使用访问令牌。仅当提供方的访问令牌无法验证时（如 Google）才接受 ID 令\
            牌。",
        ja_jp: "API の呼び出しにはアクセストークンを使います。ID トークンは、Google のようにアクセ\
            ストークンを検証できないプロバイダーの場合だけ受け入れてください。",
        pt_br: "Uma API deve ser chamada com tokens de acesso. Aceite tokens de ID somente quando \
            os tokens de acesso do provedor não puderem ser verificados, como no Google.",
    },
    placeholder: None,
};

pub(in crate::settings) const CLIENT_SECRET: Declaration = Declaration {
    name: "client_secret",
    kind: Kind::SecretInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Client secret",
        zh_hans: "客户端密钥",
        ja_jp: "クライアントシークレット",
        pt_br: "Segredo do cliente",
    },
    help: Text {
        en_us: "The secret of the first client ID, for introspection of opaque tokens. Not needed \
            where access tokens are JWTs.",
        zh_hans: "第一个客户端 ID 的密钥，用于对不透明令牌进行内省。访问令牌为 JWT 时无需填写。",
        ja_jp: "先頭のクライアント ID のシークレットで、不透明なトークンのイントロスペクションに使\
            います。アクセストークンが JWT の場合は不要です。",
        pt_br: "O segredo do primeiro ID de cliente, para a introspecção de tokens opacos. Não é \
            necessário quando os tokens de acesso são JWTs.",
    },
    placeholder: None,
};

pub(in crate::settings) const USERINFO: Declaration = Declaration {
    name: "userinfo",
    kind: Kind::Boolean,
    required: false,
    default: Some("false"),
    label: Text {
        en_us: "Ask userinfo for missing claims",
        zh_hans: "向 userinfo 查询缺少的声明",
        ja_jp: "不足するクレームを userinfo に問い合わせる",
        pt_br: "Consultar o userinfo para claims ausentes",
    },
    help: Text {
        en_us: "When a rule names a claim that the token lacks, for example groups, the provider's \
            userinfo endpoint is asked for it. This makes some requests slower.",
        zh_hans: "当规则用到令牌中没有的声明（例如 groups）时，向提供方的 userinfo 端点查询。部分请\
            求会因此变慢。",
        ja_jp: "ルールで使うクレーム（例: groups）がトークンにない場合、プロバイダーの userinfo エ\
            ンドポイントに問い合わせます。その分、一部のリクエストは遅くなります。",
        pt_br: "Quando uma regra cita uma claim que falta no token, por exemplo groups, o endpoint \
            userinfo do provedor é consultado. Isso torna algumas requisições mais lentas.",
    },
    placeholder: None,
};

pub(in crate::settings) const SERVICE_ACCOUNTS: Declaration = Declaration {
    name: "service_accounts",
    kind: Kind::Select(&[
        Choice {
            value: "refuse",
            label: Text {
                en_us: "Refuse",
                zh_hans: "拒绝",
                ja_jp: "拒否する",
                pt_br: "Recusar",
            },
        },
        Choice {
            value: "allow",
            label: Text {
                en_us: "Allow",
                zh_hans: "允许",
                ja_jp: "許可する",
                pt_br: "Permitir",
            },
        },
    ]),
    required: false,
    default: Some("refuse"),
    label: Text {
        en_us: "Service accounts",
        zh_hans: "服务账号",
        ja_jp: "サービスアカウント",
        pt_br: "Contas de serviço",
    },
    help: Text {
        en_us: "Tokens that stand for a client instead of a person (client credentials grant). \
            When they are allowed, their user is the User claim, or service:<client ID> where the \
            token has no such claim.",
        zh_hans: "代表客户端而非个人的令牌（客户端凭据授权）。允许时，其 user 取自“用户声明”；令\
            牌中没有该声明时为 service:<客户端 ID>。",
        ja_jp: "人ではなくクライアントを表すトークン（クライアントクレデンシャルズグラント）です。\
            許可した場合、user は「ユーザークレーム」の値、トークンにそのクレームがなければ \
            service:<クライアント ID> になります。",
        pt_br: "Tokens que representam um cliente em vez de uma pessoa (concessão client \
            credentials). Quando permitidos, o user é a Claim do usuário ou service:<ID do \
            cliente> se o token não tiver essa claim.",
    },
    placeholder: None,
};
