/** Answers the command line over a socket that only the owner of the data may open: a user who can read the folder may ask for anything. */
import { chmodSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerWith } from './answering.ts';
import { operationOfPath, type ControlOperations, type OperationName } from './protocol.ts';
import { prepareSocket } from './socket.ts';

const CONNECTIONS_MAX = 64;
const OWNER_ONLY = 0o600;

/** `onOperation`: called for every operation that is asked for. */
type ControlServerConfig = { readonly folder: string; readonly onOperation?: (name: OperationName) => void };

/** This process holds the lock of `folder`. Disposing cancels the operations that run, and waits for them to end. */
export async function startControlServer(
  operations: ControlOperations,
  { folder, onOperation = () => undefined }: ControlServerConfig,
): Promise<AsyncDisposable> {
  const answering = answerWith(operations);
  const socket = prepareSocket(folder);
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const asked = operationOfPath(path);
    if (asked !== undefined) onOperation(asked);
    void answering.answer(request, response, path);
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
