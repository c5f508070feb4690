//! The gateway of this instance. It is lost with the instance when a task traps.

use std::rc::Rc;

use gateway_domain::gateway::Gateway;

use crate::environment::HostEnvironment;

thread_local! {
    static GATEWAY: Rc<Gateway> = Rc::new(Gateway::new(Rc::new(HostEnvironment)));
}

/// The gateway of this instance.
pub fn gateway() -> Rc<Gateway> {
    GATEWAY.with(Rc::clone)
}
