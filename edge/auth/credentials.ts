/** The parts of a request that authenticate its caller. */
export type Credentials = {
  readonly method: string;
  /** With its query, exactly as it was sent. */
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
  /** In the address, of a route that takes tickets. */
  readonly ticket?: string;
};
