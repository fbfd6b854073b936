/**
 * The certificate of all listeners, from the files that the settings name. Whatever renews certificates writes new files: they are
 * read again at intervals, and at once on SIGHUP. A pair that can't be used is reported, and the old one stays.
 */
import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { MINUTE_MS } from '../domain/shared/instant.ts';
import type { Certificate, CertificateSource } from '../edge/network/certificate.ts';
import { CannotStart } from './cannot-start.ts';
import type { Logger } from './logger.ts';

export type TlsFiles = { readonly certificateFile: string; readonly keyFile: string };

const CHECK_MS = MINUTE_MS;

type Options = { readonly logger: Omit<Logger, 'droppedLines'>; readonly checkMs?: number };

/** Throws `CannotStart`. */
export function openTlsFiles(files: TlsFiles, { logger, checkMs = CHECK_MS }: Options): CertificateSource & Disposable {
  let current = loadOrCannotStart(files);
  let refused: string | undefined; // the fault that was reported last
  const listeners = new Set<(replaced: Certificate) => void>();
  const announce = () => logger.info('certificate in use', { validTo: new X509Certificate(current.certificate).validToDate.toISOString() });

  const check = () => {
    try {
      const found = load(files);
      refused = undefined;
      if (found.certificate === current.certificate && found.key === current.key) return;
      current = found;
      for (const listener of listeners) listener(found);
      announce();
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== refused) logger.error('certificate not replaced', { ...files, error: fault });
      refused = fault;
    }
  };

  announce();
  const timer = setInterval(check, checkMs).unref();
  process.on('SIGHUP', check);
  return {
    current: () => current,
    onReplaced: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      process.off('SIGHUP', check);
    },
  };
}

function loadOrCannotStart(files: TlsFiles): Certificate {
  try {
    return load(files);
  } catch (error) {
    throw new CannotStart('The certificate for TLS can’t be used. See TIDINGS_TLS_CERT_FILE and TIDINGS_TLS_KEY_FILE.', { cause: error });
  }
}

/** Throws where a file can't be read, or where the two don't belong together, which is so for a moment while they are replaced. */
function load({ certificateFile, keyFile }: TlsFiles): Certificate {
  const [certificate, key] = [readFileSync(certificateFile, 'utf8'), readFileSync(keyFile, 'utf8')];
  createSecureContext({ cert: certificate, key });
  return { certificate, key };
}
