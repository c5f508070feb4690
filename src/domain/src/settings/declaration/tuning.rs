//! Limits and the log.

use super::{Choice, Declaration, Kind, Text};

pub(in crate::settings) const STREAMS_PER_USER: Declaration = Declaration {
    name: "streams_per_user",
    kind: Kind::TextInput,
    required: false,
    default: Some("4"),
    label: Text {
        en_us: "Streams per user",
        zh_hans: "每个用户的流数",
        ja_jp: "ユーザーごとのストリーム数",
        pt_br: "Fluxos por usuário",
    },
    help: Text {
        en_us: "How many streaming answers one user may have open at once, for example 4; one more \
            is answered with 429. A stock Dify serves about 10 connections at a time, so without \
            a limit one user can stop everyone. 0: no limit.",
        zh_hans: "一个用户可同时打开的流式响应数，例如 4；超出时返回 429。默认部署的 Dify 同时只处\
            理约 10 个连接，若不限制，一个用户就可能影响所有人。0 表示不限制。",
        ja_jp: "1 人のユーザーが同時に開けるストリーミング応答の数です。例: 4。超えた分には 429 を\
            返します。標準構成の Dify が同時に処理する接続は 10 程度のため、制限がないと 1 人で全\
            員の利用を止めてしまうことがあります。0 の場合は無制限です。",
        pt_br: "Quantas respostas em streaming um usuário pode manter abertas ao mesmo tempo, por \
            exemplo 4; uma a mais recebe 429. Um Dify padrão atende cerca de 10 conexões por vez, \
            portanto sem limite um usuário pode parar todos. 0: sem limite.",
    },
    placeholder: Some(Text::everywhere("4")),
};

pub(in crate::settings) const CLOCK_SKEW: Declaration = Declaration {
    name: "clock_skew",
    kind: Kind::TextInput,
    required: false,
    default: Some("60"),
    label: Text {
        en_us: "Clock skew (seconds)",
        zh_hans: "时钟偏差（秒）",
        ja_jp: "時刻のずれ（秒）",
        pt_br: "Diferença de relógio (segundos)",
    },
    help: Text {
        en_us: "How far the clocks of the provider and of the plugin may differ when the times in \
            a token are checked: 0 to 300 seconds, for example 60.",
        zh_hans: "检查令牌中的时间时，允许提供方与插件的时钟相差多少：0 到 300 秒，例如 60。",
        ja_jp: "トークン内の時刻を確認するとき、プロバイダーとプラグインの時計のずれをどこまで許す\
            かです。0～300 秒で書きます。例: 60。",
        pt_br: "Quanto os relógios do provedor e do plugin podem diferir quando os horários de um \
            token são verificados: de 0 a 300 segundos, por exemplo 60.",
    },
    placeholder: Some(Text::everywhere("60")),
};

pub(in crate::settings) const LOG_LEVEL: Declaration = Declaration {
    name: "log_level",
    kind: Kind::Select(&[
        Choice {
            value: "error",
            label: Text {
                en_us: "Errors",
                zh_hans: "错误",
                ja_jp: "エラー",
                pt_br: "Erros",
            },
        },
        Choice {
            value: "warn",
            label: Text {
                en_us: "Warnings",
                zh_hans: "警告",
                ja_jp: "警告",
                pt_br: "Avisos",
            },
        },
        Choice {
            value: "info",
            label: Text {
                en_us: "One line per request",
                zh_hans: "每个请求一行",
                ja_jp: "リクエストごとに 1 行",
                pt_br: "Uma linha por requisição",
            },
        },
        Choice {
            value: "debug",
            label: Text {
                en_us: "Everything",
                zh_hans: "全部",
                ja_jp: "すべて",
                pt_br: "Tudo",
            },
        },
    ]),
    required: false,
    default: Some("info"),
    label: Text {
        en_us: "Log level",
        zh_hans: "日志级别",
        ja_jp: "ログレベル",
        pt_br: "Nível de log",
    },
    help: Text {
        en_us: "How much goes to the plugin's log. No level writes a token, a key or a secret.",
        zh_hans: "写入插件日志的详细程度。任何级别都不会记录令牌或密钥。",
        ja_jp: "プラグインのログに書き出す量です。どのレベルでも、トークン、鍵、シークレットは記録\
            されません。",
        pt_br: "Quanto vai para o log do plugin. Nenhum nível grava tokens, chaves ou segredos.",
    },
    placeholder: None,
};
