;; A module with the ABI of gateway.wasm that answers, waits, loops and traps on demand.
;; Exports as wasm-bindgen makes them; a handler takes (call, length of the head, message pointer, message length), and
;; the message is the head and behind it the body.
(module
  (import "./gateway_bg.js" "__wbindgen_init_externref_table" (func $init_externref_table))
  (import "./gateway_bg.js" "__wbg___wbindgen_throw_4c88d8bf264fd984" (func $throw (param i32 i32)))
  (import "./gateway_bg.js" "__wbg_now_fbcbea9f8cd74a13" (func $now (result f64)))
  (import "./gateway_bg.js" "__wbg_getRandomValues_8b6f1f663e6f188d" (func $random (param i32 i32)))
  (import "./gateway_bg.js" "__wbg_respond_0000000000000001" (func $respond (param i32 i32 i32 i32 i32)))
  (import "./gateway_bg.js" "__wbg_relay_0000000000000002" (func $relay (param i32 i32 i32 i32 i32 i32 i32)))
  (import "./gateway_bg.js" "__wbg_start_fetch_0000000000000003" (func $start_fetch (param i32 i32 i32 i32 i32 i32)))
  (import "./gateway_bg.js" "__wbg_start_timer_0000000000000004" (func $start_timer (param i32 i32 i32)))
  (import "./gateway_bg.js" "__wbg_read_body_0000000000000005" (func $read_body (param i32 i32 i32 i32) (result i32)))
  (import "./gateway_bg.js" "__wbg_log_0000000000000006" (func $log (param i32 i32 i32)))
  (import "./gateway_bg.js" "__wbg_respond_with_file_0000000000000007" (func $file (param i32 i32 i32 i32 i32)))
  (import "./gateway_bg.js" "__wbg_translate_0000000000000008" (func $translate (param i32 i32 i32 i32 i32 i32 i32)))

  (memory (export "memory") 4)
  ;; 16: the call cell: the call is at 16 and the time at 24. 64: the head of every response. 128: what is sent as `own`.
  (data (i32.const 64) "{\"status\":200,\"headers\":[[\"X-Test\",\"yes\"]]}")
  (data (i32.const 128) "OWN")
  (data (i32.const 160) "released")
  (data (i32.const 192) "forced panic")
  ;; 256: a verdict that streams.
  (data (i32.const 256) "{\"status\":200,\"headers\":[[\"Content-Type\",\"text/event-stream\"]],\"body\":null,\"frames\":true,\"on_broken\":\"\",\"on_timeout\":\"\",\"context\":\"after\"}")
  ;; 512: the message for the client of a failed call.
  (data (i32.const 512) "{\"status\":500,\"headers\":[[\"X-Test\",\"failed\"]],\"body\":\"told\"}")
  ;; 640 and 768: the heads of a file that the host sends as it is, and of one that it decompresses.
  (data (i32.const 640) "{\"status\":200,\"headers\":[[\"X-Test\",\"file\"]],\"decompress\":false}")
  (data (i32.const 768) "{\"status\":200,\"headers\":[[\"X-Test\",\"file\"]],\"decompress\":true}")
  ;; 896: what a translation writes when it begins: more is wanted, and a text.
  (data (i32.const 896) "\01began ")
  (global $heap (mut i32) (i32.const 1024))
  (global $parked (mut i32) (i32.const 0))

  (func (export "__wbindgen_start") (call $init_externref_table))
  (func (export "call_cell") (result i32) (i32.const 16))
  (func (export "__wbindgen_free") (param i32 i32 i32))

  (func $malloc (export "__wbindgen_malloc") (param $size i32) (param $align i32) (result i32)
    (local $pointer i32)
    (local.set $pointer (global.get $heap))
    (global.set $heap (i32.add (global.get $heap) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits (i32.ne (i32.const -1)
        (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get $size) (i32.const 65536))))))
      unreachable)
    (local.get $pointer))

  (func $poll (param $call i32) (i32.store (i32.const 16) (local.get $call)))
  (func $say (param $call i32) (param $pointer i32) (param $length i32)
    (call $respond (local.get $call) (i32.const 64) (i32.const 43) (local.get $pointer) (local.get $length)))

  ;; Answers with the request's head.
  (func (export "echo") (param $call i32) (param $hl i32) (param $head i32) (param i32)
    (call $poll (local.get $call))
    (call $say (local.get $call) (local.get $head) (local.get $hl)))

  ;; Answer with the file that the request's body names.
  (func (export "file") (param $call i32) (param $hl i32) (param $head i32) (param $ml i32)
    (call $file (local.get $call) (i32.const 640) (i32.const 63)
      (i32.add (local.get $head) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl))))
  (func (export "plain_file") (param $call i32) (param $hl i32) (param $head i32) (param $ml i32)
    (call $file (local.get $call) (i32.const 768) (i32.const 62)
      (i32.add (local.get $head) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl))))

  ;; Answers with the request's whole body, pulled in windows of 4096 bytes.
  (func (export "echo_body") (param $call i32) (param i32 i32 i32)
    (local $buffer i32) (local $at i32) (local $got i32)
    (local.set $buffer (call $malloc (i32.const 262144) (i32.const 1)))
    (loop $more
      (local.set $got (call $read_body (local.get $call) (local.get $at)
        (i32.add (local.get $buffer) (local.get $at)) (i32.const 4096)))
      (local.set $at (i32.add (local.get $at) (local.get $got)))
      (br_if $more (local.get $got)))
    (call $say (local.get $call) (local.get $buffer) (local.get $at)))

  ;; Answers with eight bytes of the time at which it was entered, eight of the clock and eight random ones.
  (func (export "clock_and_random") (param $call i32) (param i32 i32 i32)
    (f64.store (i32.const 32) (call $now))
    (call $random (i32.const 40) (i32.const 8))
    (call $say (local.get $call) (i32.const 24) (i32.const 24)))

  ;; Makes the fetch that the request's head describes, and responds with what came back: head, then body.
  (func (export "fetch") (param $call i32) (param $hl i32) (param $head i32) (param $ml i32)
    (call $poll (local.get $call))
    (call $start_fetch (local.get $call) (i32.const 7)
      (local.get $head) (local.get $hl)
      (i32.add (local.get $head) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl))))
  (func (export "fetch_and_trap") (param $call i32) (param $hl i32) (param $head i32) (param i32)
    (call $start_fetch (local.get $call) (i32.const 7)
      (local.get $head) (local.get $hl) (i32.const 0) (i32.const 0))
    unreachable)
  ;; Starts the fetch, and responds before it has ended.
  (func (export "fetch_and_release") (param $call i32) (param $hl i32) (param $head i32) (param i32)
    (call $start_fetch (local.get $call) (i32.const 7)
      (local.get $head) (local.get $hl) (i32.const 0) (i32.const 0))
    (call $say (local.get $call) (i32.const 160) (i32.const 8)))
  (func (export "fetch_done") (param $call i32) (param $ticket i32)
      (param $hl i32) (param $head i32) (param $ml i32)
    (call $poll (local.get $call))
    (if (i32.ne (local.get $ticket) (i32.const 7)) (then unreachable))
    (call $respond (local.get $call) (i32.const 64) (i32.const 43) (local.get $head) (local.get $ml)))

  ;; Waits for the call `release`, or for a timer of 100 ms when the request's body is not empty.
  (func (export "park") (param $call i32) (param $hl i32) (param i32) (param $ml i32)
    (call $poll (local.get $call))
    (global.set $parked (local.get $call))
    (if (i32.ne (local.get $ml) (local.get $hl))
      (then (call $start_timer (local.get $call) (i32.const 9) (i32.const 100)))))
  (func (export "timer_done") (param $call i32) (param $timer i32)
    (call $poll (local.get $call))
    (if (i32.ne (local.get $timer) (i32.const 9)) (then unreachable))
    (call $say (local.get $call) (i32.const 160) (i32.const 8)))
  (func $release (export "release") (param $call i32) (param i32 i32 i32)
    (if (global.get $parked) (then
      (call $poll (global.get $parked))
      (call $say (global.get $parked) (i32.const 160) (i32.const 8))))
    (call $poll (local.get $call))
    (call $say (local.get $call) (i32.const 160) (i32.const 8)))

  (func (export "trap") (param $call i32) (param i32 i32 i32)
    (call $poll (local.get $call))
    unreachable)
  ;; Traps before any task is polled.
  (func (export "trap_early") (param $call i32) (param i32 i32 i32) unreachable)
  ;; Answers the parked call, then traps in the task of this one.
  (func (export "release_and_trap") (param $call i32) (param i32 i32 i32)
    (call $say (global.get $parked) (i32.const 160) (i32.const 8))
    (call $poll (local.get $call))
    unreachable)
  ;; Traps in the task of the parked call; answers when there is none.
  (func (export "trap_parked") (param $call i32) (param i32 i32 i32)
    (if (global.get $parked) (then (call $poll (global.get $parked)) unreachable))
    (call $say (local.get $call) (i32.const 160) (i32.const 8)))
  (func (export "throw") (param $call i32) (param i32 i32 i32)
    (call $throw (i32.const 192) (i32.const 12)))
  (func (export "loop_forever") (param $call i32) (param i32 i32 i32)
    (loop $again (br $again)))
  (func (export "eat_memory") (param $call i32) (param i32 i32 i32)
    (loop $again (drop (call $malloc (i32.const 16777216) (i32.const 1))) (br $again)))
  ;; Takes memory as long as there is any, then answers with the number of pages.
  (func (export "take_memory") (param $call i32) (param i32 i32 i32)
    (loop $more (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 16)))))
    (i32.store (i32.const 32) (memory.size))
    (call $say (local.get $call) (i32.const 32) (i32.const 4)))
  (func (export "read_beyond") (param $call i32) (param i32 i32 i32)
    (call $say (local.get $call) (i32.const -65536) (i32.const 65535)))
  (func (export "random_beyond") (param $call i32) (param i32 i32 i32)
    (call $random (i32.const 0) (i32.const -1)))
  (func (export "note") (param $call i32) (param $hl i32) (param $head i32) (param i32)
    (call $log (i32.const 2) (local.get $head) (local.get $hl))
    (call $say (local.get $call) (i32.const 160) (i32.const 8)))
  (func (export "ignore") (param i32 i32 i32 i32))

  ;; Relays the request that the head is. The request's body becomes the context, and that the verdict.
  (func (export "pass_on") (param $call i32) (param $hl i32) (param $head i32) (param $ml i32)
    (call $poll (local.get $call))
    (call $relay (local.get $call) (local.get $head) (local.get $hl) (i32.const 128) (i32.const 3)
      (i32.add (local.get $head) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl))))
  ;; Relays the request that the body is, and streams the answer.
  (func (export "stream") (param $call i32) (param $hl i32) (param $head i32) (param $ml i32)
    (call $poll (local.get $call))
    (call $relay (local.get $call) (i32.add (local.get $head) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl))
      (i32.const 128) (i32.const 3)
      (i32.const 256) (i32.const 138)))
  ;; A context that begins with T traps.
  (func (export "judge_response_head") (param $call i32) (param $cl i32) (param $context i32) (param i32) (result i32 i32)
    (if (i32.eq (i32.load8_u (local.get $context)) (i32.const 84)) (then unreachable))
    (local.get $context) (local.get $cl))
  ;; Takes the context for the verdict, as `judge_response_head` does.
  (func (export "judge_response") (param $call i32) (param $cl i32) (param $hl i32) (param $context i32) (param $ml i32)
      (result i32 i32)
    (if (i32.eq (i32.load8_u (local.get $context)) (i32.const 84)) (then unreachable))
    (call $log (i32.const 1)
      (i32.add (local.get $context) (i32.add (local.get $cl) (local.get $hl)))
      (i32.sub (local.get $ml) (i32.add (local.get $cl) (local.get $hl))))
    (local.get $context) (local.get $cl))
  ;; Tells the failure of `trap` alone, and logs the call's head.
  (func (export "call_failed") (param $call i32) (param $hl i32) (param $handler i32) (param $ml i32)
    (result i32 i32)
    (if (i32.ne (i32.load8_u (local.get $handler)) (i32.const 116)) (then unreachable))
    (call $log (i32.const 3) (i32.add (local.get $handler) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl)))
    (i32.const 512) (i32.const 60))
  ;; Knows only the context that the verdict names, in JSON.
  (func (export "relay_ended") (param $call i32) (param $cl i32) (param $context i32) (param $ml i32)
    (if (i32.ne (i32.load16_u (local.get $context)) (i32.const 0x6122)) (then unreachable)) ;; "a
    (call $log (i32.const 1) (i32.add (local.get $context) (local.get $cl)) (i32.sub (local.get $ml) (local.get $cl))))

  ;; Translates the request that the head is. The request's body becomes the context.
  (func (export "translated") (param $call i32) (param $hl i32) (param $head i32) (param $ml i32)
    (call $poll (local.get $call))
    (call $translate (local.get $call) (local.get $head) (local.get $hl) (i32.const 128) (i32.const 3)
      (i32.add (local.get $head) (local.get $hl)) (i32.sub (local.get $ml) (local.get $hl))))
  (func (export "translation_began") (param i32 i32 i32 i32) (result i32 i32)
    (i32.const 896) (i32.const 7))
  ;; Writes the piece as it is. One that begins with E is the last that is wanted, and one that begins with T traps.
  (func (export "translation_piece") (param $call i32) (param $piece i32) (param $length i32) (result i32 i32)
    (local $pointer i32)
    (call $poll (local.get $call))
    (if (i32.eq (i32.load8_u (local.get $piece)) (i32.const 84)) (then unreachable))
    (local.set $pointer (call $malloc (i32.add (local.get $length) (i32.const 1)) (i32.const 1)))
    (i32.store8 (local.get $pointer) (i32.ne (i32.load8_u (local.get $piece)) (i32.const 69)))
    (memory.copy (i32.add (local.get $pointer) (i32.const 1)) (local.get $piece) (local.get $length))
    (local.get $pointer) (i32.add (local.get $length) (i32.const 1)))
  ;; Ends with the context, and logs the report.
  (func (export "translation_ended") (param $call i32) (param $cl i32) (param $context i32) (param $ml i32)
      (result i32 i32)
    (call $log (i32.const 1) (i32.add (local.get $context) (local.get $cl)) (i32.sub (local.get $ml) (local.get $cl)))
    (local.get $context) (local.get $cl))
)
