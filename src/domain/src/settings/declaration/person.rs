//! Who the caller is to Dify.

use super::{Choice, Declaration, Kind, Text};

pub(in crate::settings) const USER_CLAIM: Declaration = Declaration {
    name: "user_claim",
    kind: Kind::TextInput,
    required: false,
    default: Some("sub"),
    label: Text {
        en_us: "User claim",
        zh_hans: "用户声明",
        ja_jp: "ユーザークレーム",
        pt_br: "Claim do usuário",
    },
    help: Text {
        en_us: "The claim that becomes Dify's user. Several, separated by spaces or commas, are \
            tried in order, for example: employee_id sub. Dots lead into nested claims. Choose a \
            claim that users cannot change and that is never given to another person. An email \
            that is not verified is refused.",
        zh_hans: "用作 Dify user 的声明。可填写多个，用空格或逗号分隔，按顺序尝试，例如：\
            employee_id sub。嵌套声明用点号表示。请选择用户无法自行修改、也不会再分配给他人的声\
            明；未经验证的 email 会被拒绝。",
        ja_jp: "Dify の user になるクレームです。空白またはカンマで区切って複数書くと、employee_id \
            sub のように順に試されます。入れ子のクレームはドットでたどります。ユーザー自身が変更で\
            きず、別の人に再割り当てされないクレームを選んでください。確認されていない email は拒\
            否されます。",
        pt_br: "A claim que se torna o user do Dify. Várias, separadas por espaços ou vírgulas, \
            são tentadas em ordem, por exemplo: employee_id sub. Pontos levam a claims aninhadas. \
            Escolha uma claim que os usuários não possam alterar e que nunca seja dada a outra \
            pessoa; um email não verificado é recusado.",
    },
    placeholder: Some(Text::everywhere("sub")),
};

pub(in crate::settings) const USER_FORMAT: Declaration = Declaration {
    name: "user_format",
    kind: Kind::Select(&[
        Choice {
            value: "claim",
            label: Text {
                en_us: "The claim as it is",
                zh_hans: "声明原值",
                ja_jp: "クレームの値をそのまま使う",
                pt_br: "A claim como ela é",
            },
        },
        Choice {
            value: "hashed",
            label: Text {
                en_us: "A keyed hash of the claim",
                zh_hans: "声明的密钥哈希值",
                ja_jp: "クレームの鍵付きハッシュ",
                pt_br: "Um hash da claim com chave",
            },
        },
    ]),
    required: false,
    default: Some("claim"),
    label: Text {
        en_us: "User format",
        zh_hans: "用户格式",
        ja_jp: "ユーザーの形式",
        pt_br: "Formato do usuário",
    },
    help: Text {
        en_us: "What Dify stores as user. The hash hides the claim's value from Dify and needs a \
            User hash key. It is required with several issuers or the Entra template: otherwise \
            two people with the same claim value at different providers would share one history.",
        zh_hans: "Dify 保存的 user 的形式。哈希值可使 Dify 看不到声明原值，需要填写“用户哈希密钥\
            ”。有多个签发者或使用 Entra 模板时必须使用哈希值，否则不同提供方中声明值相同的两个人\
            会共用同一份历史记录。",
        ja_jp: "Dify に保存される user の形式です。ハッシュにすると Dify にクレームの値が渡りませ\
            ん。「ユーザーハッシュ鍵」が必要です。発行者が複数の場合や Entra のテンプレートでは必\
            須です。そうしないと、異なるプロバイダーで同じ値を持つ 2 人が履歴を共有してしまいま\
            す。",
        pt_br: "O que o Dify guarda como user. O hash oculta do Dify o valor da claim e exige uma \
            Chave do hash de usuário. Ele é obrigatório com vários emissores ou com o modelo do \
            Entra: do contrário, duas pessoas com o mesmo valor em provedores diferentes \
            dividiriam um só histórico.",
    },
    placeholder: None,
};

pub(in crate::settings) const USER_HASH_KEY: Declaration = Declaration {
    name: "user_hash_key",
    kind: Kind::SecretInput,
    required: false,
    default: None,
    label: Text {
        en_us: "User hash key",
        zh_hans: "用户哈希密钥",
        ja_jp: "ユーザーハッシュ鍵",
        pt_br: "Chave do hash de usuário",
    },
    help: Text {
        en_us: "At least 16 random characters, for example from: openssl rand -base64 32. Needed \
            when User format is the hash. Keep a copy: changing this key gives everybody an empty \
            history.",
        zh_hans: "至少 16 个随机字符，例如由 openssl rand -base64 32 生成。“用户格式”为哈希值时必\
            填。请妥善备份：更改此密钥后，所有人的历史记录都会变为空。",
        ja_jp: "16 文字以上のランダムな文字列です。openssl rand -base64 32 などで作成します。「ユー\
            ザーの形式」をハッシュにする場合に必要です。控えを保管してください。この鍵を変更する\
            と、全員の履歴が空になります。",
        pt_br: "No mínimo 16 caracteres aleatórios, por exemplo de: openssl rand -base64 32. \
            Necessária quando o Formato do usuário é o hash. Guarde uma cópia: mudar esta chave \
            deixa todos com o histórico vazio.",
    },
    placeholder: None,
};
