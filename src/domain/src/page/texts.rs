//! The texts of the documents in four languages. A language that lacks one does not compile.

use super::Language;

/// A heading, and what the person or the administrator can do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passage {
    pub heading: &'static str,
    pub text: &'static str,
}

/// Every text.
pub(super) struct Texts {
    // Why a sign-in has come to nothing.
    pub busy: Passage,
    pub configuration: Passage,
    pub failed: Passage,
    pub fault: Passage,
    pub navigation: Passage,
    pub not_allowed: Passage,
    pub provider_down: Passage,
    pub refused: Passage,
    pub session: Passage,
    pub too_large: Passage,
    // What stands below.
    pub code: &'static str,
    pub details: &'static str,
    pub documentation: &'static str,
    pub request_id: &'static str,
    // Signing out.
    pub going_on: Passage,
    pub logged_out: Passage,
    pub logout: Passage,
    pub provider_session: &'static str,
    // Buttons and links.
    pub go_on: &'static str,
    pub sign_in_again: &'static str,
    pub sign_out: &'static str,
    pub to_page: &'static str,
    // In the place of the page.
    pub page_off: Passage,
    pub sign_in: &'static str,
    pub signed_in: &'static str,
    // Above the page.
    pub no_metadata: &'static str,
    pub no_script: &'static str,
    pub several_sessions: &'static str,
    pub wrong_address: Passage,
}

/// The texts in `language`.
pub(super) const fn texts(language: Language) -> &'static Texts {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
        Language::Portuguese => &PORTUGUESE,
    }
}

const ENGLISH: Texts = Texts {
    busy: Passage {
        heading: "Too much at once",
        text: "The sign-in has more to do than it allows at the moment. Try again in a few seconds.",
    },
    configuration: Passage {
        heading: "The sign-in is not set up correctly",
        text: "You cannot repair this yourself. Give the code and the request ID below to the administrator.",
    },
    failed: Passage {
        heading: "The sign-in could not be completed",
        text: "Sign in again. If this page comes back, check that the browser does not block cookies for this site, and that \
               you finish the sign-in in the browser or app in which you began it.",
    },
    fault: Passage {
        heading: "Something went wrong",
        text: "Try again. If it happens again, give the code and the request ID below to the administrator.",
    },
    navigation: Passage {
        heading: "Open this address in a window of its own",
        text: "It must be opened in the browser's own window, over https and in a current browser.",
    },
    not_allowed: Passage {
        heading: "You are not allowed to use this app",
        text: "Your account is known, but this app is not open to it. Ask the administrator for access, or sign in with another \
               account.",
    },
    provider_down: Passage {
        heading: "The identity provider cannot be reached",
        text: "Nothing is wrong with your account. Try again in a minute. If it lasts, tell the administrator.",
    },
    refused: Passage {
        heading: "The identity provider has not signed you in",
        text: "Sign in again, or ask the administrator for access.",
    },
    session: Passage {
        heading: "Nobody was signed out",
        text: "The session has ended or changed in the meantime, or the form did not come from this page. Go back to the page and \
               look who is signed in there.",
    },
    too_large: Passage {
        heading: "Your account has more data than a sign-in can hold",
        text: "You cannot repair this yourself. Give the code and the request ID below to the administrator.",
    },
    code: "Code",
    details: "For the administrator",
    documentation: "What to do",
    request_id: "Request ID",
    going_on: Passage {
        heading: "Signing out",
        text: "You are signed out of this app. Your identity provider now ends its own session.",
    },
    logged_out: Passage {
        heading: "You are signed out",
        text: "Your session in this app has ended.",
    },
    logout: Passage {
        heading: "Sign out?",
        text: "This ends your session in this app.",
    },
    provider_session: "The session at your identity provider may go on. On a computer that others use too, sign out there as \
                       well.",
    go_on: "Continue",
    sign_in_again: "Sign in again",
    sign_out: "Sign out",
    to_page: "To the app",
    no_metadata: "You cannot be signed in here, because the browser does not say where its requests come from. One of three \
                  things is the cause: the page was not opened over https; the browser is old; or a proxy removes the fields \
                  that begin with Sec-Fetch.",
    no_script: "This page needs JavaScript.",
    several_sessions: "Several people are signed in to this address in this browser, so nobody is signed in here. Sign in \
                       again.",
    page_off: Passage {
        heading: "The chat page is switched off",
        text: "This address signs people in for a page that its operator has made.",
    },
    sign_in: "Sign in",
    signed_in: "You are signed in.",
    wrong_address: Passage {
        heading: "This app has another address",
        text: "You can sign in only there:",
    },
};

const CHINESE: Texts = Texts {
    busy: Passage {
        heading: "请求过多",
        text: "登录服务暂时繁忙，请几秒后重试。",
    },
    configuration: Passage {
        heading: "登录设置有误",
        text: "您无法自行修复。请将下面的代码和请求 ID 告知管理员。",
    },
    failed: Passage {
        heading: "登录未能完成",
        text: "请重新登录。如果再次出现本页，请检查浏览器是否阻止了此网站的 Cookie，并在开始登录的同一浏览器或应用中完成登录。",
    },
    fault: Passage {
        heading: "出现错误",
        text: "请重试。如果再次出现，请将下面的代码和请求 ID 告知管理员。",
    },
    navigation: Passage {
        heading: "请在独立窗口中打开此地址",
        text: "必须使用较新的浏览器，通过 https 在浏览器窗口中直接打开。",
    },
    not_allowed: Passage {
        heading: "您无权使用此应用",
        text: "您的账号已识别，但此应用未向其开放。请向管理员申请访问权限，或使用其他账号登录。",
    },
    provider_down: Passage {
        heading: "无法连接身份提供商",
        text: "您的账号没有问题。请一分钟后重试；如果持续出现，请告知管理员。",
    },
    refused: Passage {
        heading: "身份提供商未允许您登录",
        text: "请重新登录，或向管理员申请访问权限。",
    },
    session: Passage {
        heading: "未执行退出登录",
        text: "会话已结束或已改变，或者表单并非来自本页面。请返回页面，查看当前登录的用户。",
    },
    too_large: Passage {
        heading: "您账号的数据超出登录会话的容量",
        text: "您无法自行修复。请将下面的代码和请求 ID 告知管理员。",
    },
    code: "代码",
    details: "供管理员参考",
    documentation: "解决办法",
    request_id: "请求 ID",
    going_on: Passage {
        heading: "正在退出登录",
        text: "您已退出此应用。身份提供商现在将结束它自己的会话。",
    },
    logged_out: Passage {
        heading: "您已退出登录",
        text: "您在此应用中的会话已结束。",
    },
    logout: Passage {
        heading: "要退出登录吗？",
        text: "这将结束您在此应用中的会话。",
    },
    provider_session: "身份提供商的会话可能仍在继续。如果与他人共用此电脑，请在那里也退出登录。",
    go_on: "继续",
    sign_in_again: "重新登录",
    sign_out: "退出登录",
    to_page: "前往应用",
    no_metadata: "由于浏览器没有说明请求的来源，您无法在此登录。可能的原因有三个：页面不是通过 https 打开的；浏览器版本过旧；代理服务器删除了以 Sec-Fetch 开头的字段。",
    no_script: "此页面需要 JavaScript。",
    several_sessions: "此浏览器中有多人登录了该地址，因此这里没有任何人处于登录状态。请重新登录。",
    page_off: Passage {
        heading: "聊天页面已关闭",
        text: "此地址仅为运营方自己的页面提供登录。",
    },
    sign_in: "登录",
    signed_in: "您已登录。",
    wrong_address: Passage {
        heading: "此应用的地址不同",
        text: "只能在以下地址登录：",
    },
};

const JAPANESE: Texts = Texts {
    busy: Passage {
        heading: "混み合っています",
        text: "サインインの処理が一時的に混み合っています。数秒後にもう一度お試しください。",
    },
    configuration: Passage {
        heading: "サインインの設定に誤りがあります",
        text: "ご自身では修正できません。下のコードとリクエスト ID を管理者に伝えてください。",
    },
    failed: Passage {
        heading: "サインインを完了できませんでした",
        text: "もう一度サインインしてください。この画面が再び表示される場合は、ブラウザーがこのサイトの Cookie をブロックしていないか、サインインを始めたのと同じブラウザーまたはアプリで完了しているかを確認してください。",
    },
    fault: Passage {
        heading: "問題が発生しました",
        text: "もう一度お試しください。再び起きる場合は、下のコードとリクエスト ID を管理者に伝えてください。",
    },
    navigation: Passage {
        heading: "このアドレスは単独のウィンドウで開いてください",
        text: "最新のブラウザーで、https により、ブラウザーのウィンドウで直接開く必要があります。",
    },
    not_allowed: Passage {
        heading: "このアプリを使う権限がありません",
        text: "アカウントは確認できましたが、このアプリの利用は許可されていません。管理者に依頼するか、別のアカウントでサインインしてください。",
    },
    provider_down: Passage {
        heading: "ID プロバイダーに接続できません",
        text: "アカウントに問題はありません。1 分後にもう一度お試しください。続く場合は管理者に知らせてください。",
    },
    refused: Passage {
        heading: "ID プロバイダーがサインインを許可しませんでした",
        text: "もう一度サインインするか、管理者に利用を依頼してください。",
    },
    session: Passage {
        heading: "サインアウトは行われませんでした",
        text: "セッションが終了または変更されたか、フォームがこのページから送られたものではありません。ページに戻り、誰がサインインしているかを確認してください。",
    },
    too_large: Passage {
        heading: "アカウントの情報が多すぎて保持できません",
        text: "ご自身では修正できません。下のコードとリクエスト ID を管理者に伝えてください。",
    },
    code: "コード",
    details: "管理者向け",
    documentation: "対処方法",
    request_id: "リクエスト ID",
    going_on: Passage {
        heading: "サインアウトしています",
        text: "このアプリからサインアウトしました。続いて ID プロバイダーのセッションを終了します。",
    },
    logged_out: Passage {
        heading: "サインアウトしました",
        text: "このアプリでのセッションは終了しました。",
    },
    logout: Passage {
        heading: "サインアウトしますか？",
        text: "このアプリでのセッションを終了します。",
    },
    provider_session: "ID プロバイダーのセッションは続いている可能性があります。共用のコンピューターでは、そちらでもサインアウトしてください。",
    go_on: "続ける",
    sign_in_again: "もう一度サインイン",
    sign_out: "サインアウト",
    to_page: "アプリへ",
    no_metadata: "ブラウザーがリクエストの送信元を示さないため、ここではサインインできません。原因は次の 3 つのいずれかです。ページが https で開かれていない、ブラウザーが古い、プロキシが Sec-Fetch で始まるフィールドを削除している。",
    no_script: "このページには JavaScript が必要です。",
    several_sessions: "このブラウザーでは複数の人がこのアドレスにサインインしているため、ここでは誰もサインインしていない状態です。もう一度サインインしてください。",
    page_off: Passage {
        heading: "チャットページはオフです",
        text: "このアドレスは、運営者が作ったページのためのサインインに使われます。",
    },
    sign_in: "サインイン",
    signed_in: "サインインしています。",
    wrong_address: Passage {
        heading: "このアプリのアドレスは別にあります",
        text: "次のアドレスでのみサインインできます。",
    },
};

const PORTUGUESE: Texts = Texts {
    busy: Passage {
        heading: "Muitos pedidos ao mesmo tempo",
        text: "O login tem mais a fazer do que permite no momento. Tente novamente em alguns segundos.",
    },
    configuration: Passage {
        heading: "O login não está configurado corretamente",
        text: "Você não pode corrigir isso. Informe ao administrador o código e o ID do pedido abaixo.",
    },
    failed: Passage {
        heading: "Não foi possível concluir o login",
        text: "Entre novamente. Se esta página voltar, verifique se o navegador não bloqueia os cookies deste site e se você \
               conclui o login no mesmo navegador ou aplicativo em que começou.",
    },
    fault: Passage {
        heading: "Algo deu errado",
        text: "Tente novamente. Se acontecer de novo, informe ao administrador o código e o ID do pedido abaixo.",
    },
    navigation: Passage {
        heading: "Abra este endereço em uma janela própria",
        text: "Ele deve ser aberto na janela do navegador, por https e em um navegador atual.",
    },
    not_allowed: Passage {
        heading: "Você não tem permissão para usar este aplicativo",
        text: "Sua conta foi reconhecida, mas este aplicativo não está aberto a ela. Peça acesso ao administrador ou entre com \
               outra conta.",
    },
    provider_down: Passage {
        heading: "Não foi possível contatar o provedor de identidade",
        text: "Não há nada errado com sua conta. Tente novamente em um minuto. Se continuar, avise o administrador.",
    },
    refused: Passage {
        heading: "O provedor de identidade não autorizou o login",
        text: "Entre novamente ou peça acesso ao administrador.",
    },
    session: Passage {
        heading: "Ninguém foi desconectado",
        text: "A sessão terminou ou mudou nesse meio-tempo, ou o formulário não veio desta página. Volte à página e veja quem \
               está conectado.",
    },
    too_large: Passage {
        heading: "Sua conta tem mais dados do que a sessão comporta",
        text: "Você não pode corrigir isso. Informe ao administrador o código e o ID do pedido abaixo.",
    },
    code: "Código",
    details: "Para o administrador",
    documentation: "O que fazer",
    request_id: "ID do pedido",
    going_on: Passage {
        heading: "Saindo",
        text: "Você saiu deste aplicativo. Agora o provedor de identidade encerra a própria sessão.",
    },
    logged_out: Passage {
        heading: "Você saiu",
        text: "Sua sessão neste aplicativo terminou.",
    },
    logout: Passage {
        heading: "Sair?",
        text: "Isso encerra sua sessão neste aplicativo.",
    },
    provider_session: "A sessão no provedor de identidade pode continuar. Em um computador compartilhado, saia também lá.",
    go_on: "Continuar",
    sign_in_again: "Entrar novamente",
    sign_out: "Sair",
    to_page: "Ir para o aplicativo",
    no_metadata: "Não é possível entrar aqui porque o navegador não informa de onde vêm os pedidos. A causa é uma destas três: \
                  a página não foi aberta por https; o navegador é antigo; ou um proxy remove os campos que começam com \
                  Sec-Fetch.",
    no_script: "Esta página precisa de JavaScript.",
    several_sessions: "Várias pessoas estão conectadas a este endereço neste navegador, por isso ninguém está conectado aqui. \
                       Entre novamente.",
    page_off: Passage {
        heading: "A página de chat está desativada",
        text: "Este endereço serve para o login em uma página feita pelo operador.",
    },
    sign_in: "Entrar",
    signed_in: "Você está conectado.",
    wrong_address: Passage {
        heading: "Este aplicativo tem outro endereço",
        text: "Só é possível entrar lá:",
    },
};
