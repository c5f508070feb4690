//! Identity providers that are not reached in the usual way.

use super::{Declaration, Kind, Text};

pub(in crate::settings) const JWKS: Declaration = Declaration {
    name: "jwks",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "Static keys",
        zh_hans: "静态公钥",
        ja_jp: "静的な公開鍵",
        pt_br: "Chaves estáticas",
    },
    help: Text {
        en_us: "Public keys that verify tokens where the plugin cannot reach the provider: a JWKS \
            document or PEM public keys, whose line breaks may be spaces or \\n. No keys are \
            fetched then, so add new ones here before the provider uses them. Only with a single \
            issuer.",
        zh_hans: "插件无法访问提供方时用于验证令牌的公钥：JWKS 文档或 PEM 公钥，PEM 的换行可以是空\
            格或 \\n。此时不再获取密钥，因此请在提供方启用新密钥之前先添加到这里。仅限单个签发者。",
        ja_jp: "プラグインからプロバイダーに到達できない場合に、トークンの検証に使う公開鍵です。\
            JWKS 文書または PEM 公開鍵を書きます。PEM の改行は空白や \\n でも構いません。鍵は取得\
            されなくなるため、プロバイダーが新しい鍵を使う前にここへ追加してください。発行者が 1 \
            つの場合だけ使えます。",
        pt_br: "Chaves públicas que verificam os tokens quando o plugin não alcança o provedor: um \
            documento JWKS ou chaves públicas PEM, cujas quebras de linha podem ser espaços ou \
            \\n. As chaves deixam de ser buscadas, portanto inclua as novas aqui antes que o \
            provedor as use. Somente com um único emissor.",
    },
    placeholder: Some(Text::everywhere("{\"keys\":[…]}")),
};

pub(in crate::settings) const DISCOVERY_URL: Declaration = Declaration {
    name: "discovery_url",
    kind: Kind::Address,
    required: false,
    default: None,
    label: Text {
        en_us: "Discovery URL",
        zh_hans: "发现文档 URL",
        ja_jp: "ディスカバリー URL",
        pt_br: "URL de descoberta",
    },
    help: Text {
        en_us: "Where the provider's configuration is fetched instead of the issuer's own address, \
            if the plugin reaches the provider under an internal name, for example \
            http://keycloak:8080/realms/main/.well-known/openid-configuration. The issuer in that \
            document must still equal Issuer URL. Only with a single issuer.",
        zh_hans: "如果插件通过内部名称访问提供方，则从此处而不是签发者自身的地址获取提供方配置，例\
            如 http://keycloak:8080/realms/main/.well-known/openid-configuration。该文档中的 \
            issuer 仍须与“签发者 URL”一致。仅限单个签发者。",
        ja_jp: "プラグインが内部の名前でプロバイダーに到達する場合に、発行者のアドレスの代わりに設\
            定を取得する場所です。例: \
            http://keycloak:8080/realms/main/.well-known/openid-configuration。文書内の issuer は\
            「発行者 URL」と一致している必要があります。発行者が 1 つの場合だけ使えます。",
        pt_br: "Onde a configuração do provedor é buscada em vez do endereço do próprio emissor, \
            se o plugin alcança o provedor por um nome interno, por exemplo \
            http://keycloak:8080/realms/main/.well-known/openid-configuration. O issuer desse \
            documento ainda deve ser igual à URL do emissor. Somente com um único emissor.",
    },
    placeholder: Some(Text::everywhere(
        "http://keycloak:8080/realms/main/.well-known/openid-configuration",
    )),
};

pub(in crate::settings) const CA_CERTIFICATES: Declaration = Declaration {
    name: "ca_certificates",
    kind: Kind::TextInput,
    required: false,
    default: None,
    label: Text {
        en_us: "CA certificates",
        zh_hans: "CA 证书",
        ja_jp: "CA 証明書",
        pt_br: "Certificados de CA",
    },
    help: Text {
        en_us: "Certificates (PEM) of a private certificate authority that signed the provider's \
            or Dify's certificate. Line breaks may be spaces or \\n.",
        zh_hans: "为提供方或 Dify 签发证书的私有证书颁发机构的证书（PEM）。换行可以是空格或 \\n。",
        ja_jp: "プロバイダーまたは Dify の証明書に署名したプライベート認証局の証明書（PEM）です。改\
            行は空白や \\n でも構いません。",
        pt_br: "Certificados (PEM) de uma autoridade certificadora privada que assinou o \
            certificado do provedor ou do Dify. As quebras de linha podem ser espaços ou \\n.",
    },
    placeholder: Some(Text::everywhere(
        "-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----",
    )),
};
