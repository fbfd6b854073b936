/**
 * Answers the requests of a connection one after the other. Node hands over every request that is in the bytes it has read, also while
 * the response to an earlier one is not sent: a client that sends many requests and reads nothing would have all of them answered, and
 * every answer kept in memory. Here a request begins once the response before it has been taken by the operating system.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests that may wait on one connection. Browsers, proxies and our clients send none ahead; a client with more is disconnected, and sends them again. */
export const WAITING_REQUESTS_MAX = 16;

export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };
type Turn = { current: Exchange; readonly waiting: Exchange[] };

export type Turns = {
  readonly listener: RequestListener;
  /** The connections with a response that is not sent yet, and these requests and responses. */
  readonly answering: ReadonlyMap<Duplex, { readonly current: Exchange }>;
};

/** `onFlood` is called for each connection that is ended because too many requests wait on it. */
export function answerInTurn(handle: RequestListener, { onFlood }: { readonly onFlood: () => void }): Turns {
  const answering = new Map<Duplex, Turn>();

  const begin = ({ request, response }: Exchange): void => {
    response.once('close', () => beginNext(request.socket));
    handle(request, response);
  };
  const beginNext = (socket: Duplex): void => {
    const turn = answering.get(socket);
    const next = turn?.waiting.shift();
    if (turn === undefined || next === undefined || !socket.writable) return void answering.delete(socket);
    turn.current = next;
    begin(next);
  };

  const listener: RequestListener = (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return; // the rest of the bytes that were read before the connection was ended
    const exchange = { request, response };
    const turn = answering.get(socket);
    if (turn === undefined) {
      answering.set(socket, { current: exchange, waiting: [] });
      begin(exchange);
    } else if (turn.waiting.length < WAITING_REQUESTS_MAX) {
      turn.waiting.push(exchange);
    } else {
      turn.waiting.length = 0;
      onFlood();
      socket.destroy();
    }
  };
  return { listener, answering };
}
