// What a phone tells about a request's course. Times are Unix milliseconds; what is not measured here is 0.

/** @param {{ begin: number, sent: number, head: number, end: number, bytes: number, place: string }} course */
export function profileOf({ begin, sent, head, end, sentBytes, bytes, place }) {
  const { hostname, port, protocol } = new URL(place);
  return {
    invokeStart: begin,
    queueStart: begin,
    queueEnd: sent,
    redirectStart: 0,
    redirectEnd: 0,
    fetchStart: sent,
    domainLookUpStart: sent,
    domainLookUpEnd: sent,
    httpDNSDomainLookUpStart: 0,
    httpDNSDomainLookUpEnd: 0,
    connectStart: sent,
    connectEnd: sent,
    SSLconnectionStart: protocol === 'https:' ? sent : 0,
    SSLconnectionEnd: protocol === 'https:' ? sent : 0,
    requestStart: sent,
    requestEnd: sent,
    responseStart: head,
    responseEnd: end,
    rtt: head - sent,
    httpRttEstimate: head - sent,
    transportRttEstimate: 0,
    estimate_nettype: 0,
    downstreamThroughputKbpsEstimate: 0,
    throughputKbps: 0,
    peerIP: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    protocol: 'http1.1',
    receivedBytedCount: bytes,
    sendBytesCount: sentBytes,
    socketReused: false,
    usingHighPerformanceMode: false,
  };
}

/** What stands in every answer of a request, good or bad: nothing special happened. */
export const usual = () => ({ exception: { reasons: [], retryCount: 0 }, useHttpDNS: false });
