import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import express from 'express';
import type { OperatorId } from '../../domain/shared/ids.ts';
import type { Authenticate } from '../../edge/auth/callers.ts';
import { httpControl } from './http-control.ts';

const operator = { kind: 'operator', operator: 'o-1' as OperatorId } as const;

/** Follows something without an end as a viewer, of whom this is said when it is asked again. */
async function followed(again: Awaited<ReturnType<Authenticate>>): Promise<void> {
  let asked = 0;
  const control = httpControl({
    authenticate: async () => (asked++ === 0 ? { outcome: 'accepted', caller: { ...operator, role: 'viewer' } } : again),
    clientAddressOf: () => '127.0.0.1',
    reportSecurity: () => undefined,
    operatorCheckMs: 10,

    answering: {
      answer: async (_, response) => {
        response.writeHead(200).flushHeaders();
        await once(response, 'close');
      },
    },
  });
  const server = createServer(express().use(control)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/control/v1/read-log`, { method: 'POST' });
    await response.text();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an operator who is removed, or has another role, follows nothing any longer', async (t) => {
  await t.throwsAsync(followed({ outcome: 'refused', refusal: { code: 'token-invalid' } }));
  await t.throwsAsync(followed({ outcome: 'accepted', caller: { ...operator, role: 'support' } }));
});
