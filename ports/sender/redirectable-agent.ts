/** Connections of libraries that know their vendor's address themselves, and take an agent. */
import { Agent, type AgentOptions } from 'node:https';
import type { VendorAddress } from './vendor-https.ts';

/** Dials one address whatever the request's host is, where it is given one. */
export class RedirectableAgent extends Agent {
  readonly #to: AgentOptions;

  constructor(options: AgentOptions, connect: VendorAddress | undefined) {
    super(options);
    this.#to = connect === undefined ? {} : redirectionTo(connect);
  }

  override createConnection(...[options, done]: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    return super.createConnection({ ...options, ...this.#to }, done);
  }
}

function redirectionTo({ origin, ca }: VendorAddress): AgentOptions {
  const { hostname, port } = new URL(origin);
  return { host: hostname, port: Number(port), servername: '', ...(ca !== undefined && { ca }) };
}
