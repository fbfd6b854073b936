/** Answers every request with the same bytes and does nothing else: what HTTP itself costs. Told the body by its parent, and tells it the port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

process.once('message', (body: string) => {
  const bytes = Buffer.from(body);
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(bytes));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
process.once('disconnect', () => process.exit(0));
