/** The ways to authenticate, as the OpenAPI documents describe them. */
import type { oas31 } from 'zod-openapi';
import { APP_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../auth/app-signature.ts';
import type { CallerKind } from '../auth/callers.ts';

/** `tidings-app` is written `Tidings-App` in the document. */
export function headerName(header: string): string {
  return header.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

const SECURITY_SCHEMES = {
  person: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Send the `token` from `POST /v1/sessions` of the write API.' },
  operator: { type: 'http', scheme: 'bearer', description: 'Send your token as an operator, or the admin token of the installation.' },
  appKey: { type: 'apiKey', in: 'header', name: headerName(APP_HEADER), description: 'Send the id of your app.' },
  appTimestamp: {
    type: 'apiKey',
    in: 'header',
    name: headerName(TIMESTAMP_HEADER),
    description: 'Send the time of signing, in ISO 8601 or as seconds since 1970.',
  },
  appSignature: {
    type: 'apiKey',
    in: 'header',
    name: headerName(SIGNATURE_HEADER),
    description: [
      'Sign each request with HMAC-SHA256, keyed with the secret of your app, and send the result in hexadecimal. The signed text has these lines, joined by line feeds:',
      '',
      '1. the value of `Tidings-Timestamp`',
      '2. the method, in upper case',
      '3. the path with its query, exactly as you send it',
      '4. the SHA-256 of the body, in lower-case hexadecimal',
      '5. the value of `Idempotency-Key`, if you send one',
      '',
      'A signature is accepted once, within 5 minutes of its timestamp.',
    ].join('\n'),
  },
} as const;

/** The schemes of these kinds of caller. */
export function securitySchemesOf(kinds: readonly CallerKind[]): Readonly<Record<string, oas31.SecuritySchemeObject>> {
  const used = new Set(kinds.flatMap((kind) => Object.keys(securityOf(kind))));
  return Object.fromEntries(Object.entries(SECURITY_SCHEMES).filter(([name]) => used.has(name)));
}

export function securityOf(kind: CallerKind): oas31.SecurityRequirementObject {
  switch (kind) {
    case 'person':
      return { person: [] };
    case 'operator':
      return { operator: [] };
    case 'app':
      return { appKey: [], appTimestamp: [], appSignature: [] };
    case 'public':
      return {};
  }
}
