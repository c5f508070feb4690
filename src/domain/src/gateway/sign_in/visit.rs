//! One request of a sign-in, with all that it is judged by.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::error::Refusal;
use crate::gateway::page_session::{self, Circumstances};
use crate::gateway::sign_in::registered;
use crate::relay::UserKey;
use crate::request::Request;
use crate::session::{
    CookieNames, Keys, Memory, OnNavigation, Opened, RequestCookies, Session, Standing,
};
use crate::settings::{Settings, SignIn};
use crate::time::UnixTime;

/// One request of a sign-in.
pub struct Visit<'a> {
    /// What the browser sent.
    pub request: &'a Request,
    /// The endpoint's settings.
    pub settings: &'a Rc<Settings>,
    /// How people sign in.
    pub sign_in: &'a Rc<SignIn>,
    /// The keys of its cookies.
    pub keys: Rc<Keys>,
    /// Their names.
    pub names: CookieNames,
    /// Those of the request.
    pub cookies: RequestCookies,
    /// What is remembered of cookies that were given away.
    pub memory: Rc<Memory>,
    /// When the request is judged.
    pub now: UnixTime,
    /// The sessions of the cookies, opened when they are first asked for: by the operation, or for its line in the log.
    opened: OnceCell<Opened>,
}

impl<'a> Visit<'a> {
    /// `keys` and `memory` are those of the endpoint under these settings.
    pub fn new(
        request: &'a Request,
        settings: &'a Rc<Settings>,
        sign_in: &'a Rc<SignIn>,
        keys: Rc<Keys>,
        memory: Rc<Memory>,
        now: UnixTime,
    ) -> Self {
        let names = CookieNames::new(&sign_in.public_url, &request.hook_id);
        Self {
            cookies: RequestCookies::of(&request.headers, &names),
            keys,
            memory,
            now,
            opened: OnceCell::new(),
            names,
            request,
            settings,
            sign_in,
        }
    }

    /// The redirect URI, from the settings alone: nothing that a request says of its host counts.
    pub fn redirect_uri(&self) -> String {
        self.sign_in.public_url.at(registered::CALLBACK)
    }

    /// Whether somebody is signed in as who the page opens, also where the next check is overdue.
    pub fn is_live(&self, session: &Session) -> bool {
        let limits = &self.sign_in.limits;
        session.standing(self.now, limits) != Standing::Expired
            && !session.is_idle(self.now, limits)
            && !self.memory.has_ended(session, self.now)
    }

    /// The session that the browser has, live or not; none where it has live ones of several logins.
    pub fn session(&self) -> Option<Session> {
        match self.on_navigation() {
            OnNavigation::One(session) => Some(session.clone()),
            OnNavigation::Missing | OnNavigation::Several => None,
        }
    }

    /// Whether the page would show that somebody is signed in, or that several are.
    pub fn has_live_session(&self) -> bool {
        match self.on_navigation() {
            OnNavigation::One(session) => self.is_live(session),
            OnNavigation::Several => true,
            OnNavigation::Missing => false,
        }
    }

    /// What the cookies say of a document navigation; sessions that are not live count only where no other is there.
    pub fn on_navigation(&self) -> OnNavigation<'_> {
        let opened = self.opened();
        opened.on_navigation(|session| self.is_live(session))
    }

    fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| self.cookies.opened(&self.keys))
    }

    /// The session of a request that the page makes, whose check may be overdue.
    ///
    /// # Errors
    /// Why there is none, or why the request is not the page's.
    pub fn session_of_page(&self) -> Result<Session, Refusal> {
        page_session::of_page(self.request, self.circumstances())
    }

    /// The same, where a form of ours has brought the page token.
    ///
    /// # Errors
    /// Those of [`Visit::session_of_page`].
    pub fn session_with_token(&self, token: Option<&str>) -> Result<Session, Refusal> {
        page_session::with_token(self.request, token, self.circumstances())
    }

    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            sign_in: self.sign_in,
            opened: self.opened(),
            memory: &self.memory,
            now: self.now,
        }
    }

    /// The name of the session's user in the log.
    pub fn log_name(&self, session: &Session) -> String {
        UserKey::new(self.settings, &session.person().caller.user).log_name()
    }
}
