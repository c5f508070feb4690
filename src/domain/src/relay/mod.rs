//! The request to Dify, and the judgement of its answer.
