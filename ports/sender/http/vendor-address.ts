/** What every sender of a vendor over HTTP is started with. */
import type { Instant } from '../../../domain/shared/instant.ts';

/** Where a vendor is reached in place of its own address, and the authority (PEM) of the certificate there. */
export type VendorAddress = { readonly host: string; readonly port: number; readonly ca: string };

export type VendorOptions = {
  /** The clock of the day: vendors date their credentials and their answers by it. */
  readonly clock: () => Instant;
  readonly at?: VendorAddress | undefined;
};
