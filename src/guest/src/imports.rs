//! What the host provides. Every function returns at once and calls no export.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The whole response to `call`.
    pub fn respond(call: u32, head: &[u8], body: &[u8]);

    /// The response to `call` whose body is the file `name` of the page.
    pub fn respond_with_file(call: u32, head: &[u8], name: &str);

    /// Sends a request to Dify whose response goes to the client. `own` holds the pieces that are not the client's.
    pub fn relay(call: u32, head: &[u8], own: &[u8], context: &[u8]);

    /// Responds to `call` at once, and sends a request to Dify whose response is delivered with `translation_began` and
    /// `translation_piece` until `translation_ended`. `own` is the body of the request.
    pub fn translate(call: u32, head: &[u8], own: &[u8], context: &[u8]);

    /// Starts a fetch that ends with `fetch_done`.
    pub fn start_fetch(call: u32, ticket: u32, head: &[u8], body: &[u8]);

    /// Starts a timer that ends with `timer_done`.
    pub fn start_timer(call: u32, ticket: u32, milliseconds: u32);

    /// Copies bytes of the client's body from `offset` into `buffer`, and returns how many.
    pub fn read_body(call: u32, offset: u32, buffer: &mut [u8]) -> u32;

    /// Copies the JSON of `ProcessState`, as it is for the endpoint of `call`, into `buffer`, and returns its length.
    pub fn process_state(call: u32, buffer: &mut [u8]) -> u32;

    /// Writes a line to the plugin's log: 0 debug, 1 info, 2 warn, 3 error.
    pub fn log(level: u32, line: &str);
}
