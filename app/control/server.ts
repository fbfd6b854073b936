/** Answers the command line over a socket that only the owner of the data may open: a user who can read the folder may ask for anything. */
import { chmodSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RecordAction } from '../../domain/operators/actions.ts';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import { reasonOf } from '../../edge/http/operator-actions.ts';
import { answerWith } from './answering.ts';
import type { Asking } from './operators/admit.ts';
import type { ControlOperations } from './protocol.ts';
import { prepareSocket } from './socket.ts';

const CONNECTIONS_MAX = 64;
const OWNER_ONLY = 0o600;

type ControlServerConfig = {
  readonly folder: string;
  /** For the security log. */
  readonly report?: Asking['report'];
  readonly recordAction?: RecordAction;
};

/** This process holds the lock of `folder`. Disposing cancels the operations that run, and waits for them to end. */
export async function startControlServer(
  operations: ControlOperations,
  { folder, report = () => undefined, recordAction }: ControlServerConfig,
): Promise<AsyncDisposable> {
  const answering = answerWith({ operations, recordAction });
  const socket = prepareSocket(folder);
  const server = createServer((request, response) => {
    const reason = reasonOf((name) => request.headers[name]?.toString());
    void answering.answer(request, response, { path: request.url ?? '', by: LOCAL_OPERATOR, reason, report });
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(socket.path);
  await once(server, 'listening');
  chmodSync(socket.path, OWNER_ONLY);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await answering[Symbol.asyncDispose]();
      server.closeAllConnections();
      await closed;
      socket[Symbol.dispose]();
    },
  };
}
