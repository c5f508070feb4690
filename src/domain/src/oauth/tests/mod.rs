mod authorization_request;
mod authorization_response;
mod end_session;
mod logout_token;
mod requests;
mod secrets;
mod token_error;
mod token_response;
