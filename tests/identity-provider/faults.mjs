// How the provider's own paths fail, as a test chooses it under /test/faults.

const faults = new Map();

// `fault` has any of: `delay` in milliseconds, `lost` (the request is served and its answer thrown away), or an answer in
// place of the right one as `status`, `headers` and `body`. It holds for `times` requests, for ever where that is missing.
export function setFault(path, fault) {
  if (fault) {
    faults.set(path, { times: Infinity, ...fault });
  } else {
    faults.delete(path);
  }
}

// Serves the request, or fails it.
export async function serve(path, request, response, next) {
  const fault = take(path);
  if (fault?.delay) {
    await new Promise((resolve) => setTimeout(resolve, fault.delay));
  }
  if (fault?.status) {
    request.resume();
    response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
    return;
  }
  if (fault?.lost) {
    lose(response);
  }
  next(request, response);
}

function take(path) {
  const fault = faults.get(path);
  if (!fault || fault.times <= 0) {
    return undefined;
  }
  fault.times -= 1;
  return fault;
}

// Whatever is answered, the client sees a closed connection.
function lose(response) {
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    response.destroy();
    return response;
  };
}
