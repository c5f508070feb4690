//! A stand-in for the Dify app API, version 1.16.1: the 37 operations with their shapes, and with
//! what they leak, so that a gateway in front of it must do the isolation itself.
//!
//! `fixtures/dify-1.16-recorded.jsonl` is what a real server answered; the test `recording`
//! replays it here.
#![allow(
    clippy::indexing_slicing,
    reason = "an index of a JSON value is its member, or null"
)]

mod annotations;
mod answer;
mod audio;
mod caller;
mod chat;
mod checks;
mod completion;
mod control;
mod conversations;
mod end_users;
mod engine;
mod events;
mod faults;
mod feedbacks;
mod files;
mod form;
mod front;
mod human_input;
mod info;
mod inputs;
mod kind;
mod logs;
mod messages;
mod model;
mod multipart;
mod options;
mod program;
mod python;
mod refusal;
mod routes;
mod runs;
mod seen;
mod server;
mod showcase;
mod sound;
mod stream;
mod variables;
mod workflow_events;
mod workflows;
mod world;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Runtime};

pub use control::Control;
pub use faults::Fault;
pub use form::Field;
pub use kind::AppKind;
pub use options::Options;
pub use seen::SeenRequest;
pub use showcase::QUESTION as SHOW_EVERYTHING;
use world::World;

/// A running stand-in; it ends when it is dropped.
pub struct StandIn {
    address: SocketAddr,
    control: Control,
    runtime: Option<Runtime>,
}

impl StandIn {
    /// Starts on 127.0.0.1, with a runtime of its own, so that it can be called from anywhere.
    ///
    /// # Errors
    ///
    /// When the port is taken or the threads cannot be started.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let world = Arc::new(World::new(options, format!("http://{address}")));
        let guard = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        runtime.spawn(server::serve(listener, Arc::clone(&world)));
        drop(guard);
        Ok(Self {
            address,
            control: Control(world),
            runtime: Some(runtime),
        })
    }

    /// The address that a gateway is given, such as `http://127.0.0.1:8000/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a test may ask and change.
    pub fn control(&self) -> Control {
        self.control.clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // A runtime dropped inside another one's task would panic.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The guard of a lock; a panic of another thread leaves the data usable here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
