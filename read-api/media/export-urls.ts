/** The addresses of exports. Each is made for the owner, ends soon, and is worth nothing once the export has ended. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ExportId } from '../../domain/shared/ids.ts';
import { epochMs, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { ENDS_EVERY_MS, URL_VALID_MS } from './media-urls.ts';

/** `until`: seconds since 1970. */
export type SignedExport = { readonly until: number; readonly signature: string };

export type ExportUrls = {
  readonly urlOf: (id: ExportId) => string;
  /** Whether the address was made by us, and is still good. */
  readonly isGood: (id: ExportId, signed: SignedExport) => boolean;
};

export function createExportUrls(secret: Uint8Array, clock: () => Instant): ExportUrls {
  const signatureOf = (id: ExportId, until: number) => createHmac('sha256', secret).update(`export\n${id}\n${until}`).digest('base64url');
  return {
    urlOf: (id) => {
      const until = (Math.ceil((epochMs(clock()) + URL_VALID_MS) / ENDS_EVERY_MS) * ENDS_EVERY_MS) / SECOND_MS;
      return `/v1/exports/${id}/archive?until=${until}&signature=${signatureOf(id, until)}`;
    },
    isGood: (id, { until, signature }) => {
      const [expected, given] = [Buffer.from(signatureOf(id, until)), Buffer.from(signature)];
      return expected.length === given.length && timingSafeEqual(expected, given) && epochMs(clock()) <= until * SECOND_MS;
    },
  };
}
