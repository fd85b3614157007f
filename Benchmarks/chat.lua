-- Posts one prompt again and again. Environment: PROMPT (a file), KEY (a caller's key).
local file = assert(io.open(os.getenv("PROMPT"), "rb"))
wrk.method, wrk.body = "POST", file:read("*a")
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer " .. os.getenv("KEY")

function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %d %d %d %d %d %d", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
