import test from 'ava';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from './certificates.ts';

const hosts = ['localhost', '127.0.0.1', '::1', 'node1.example'];

test('the server’s certificate is valid for each of its names', (t) => {
  const { authority, certificate, key } = makeCertificates(hosts, Date.now());
  const [root, leaf] = [new X509Certificate(authority), new X509Certificate(certificate)];
  t.true(root.ca && !leaf.ca);
  t.true(leaf.checkIssued(root) && leaf.verify(root.publicKey));
  t.deepEqual([leaf.checkHost('localhost'), leaf.checkHost('node1.example'), leaf.checkHost('other')], ['localhost', 'node1.example', undefined]);
  t.deepEqual([leaf.checkIP('127.0.0.1'), leaf.checkIP('10.0.0.1')], ['127.0.0.1', undefined]);
  t.is(leaf.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:node1.example');
  t.true(key.startsWith('-----BEGIN PRIVATE KEY-----'));
});

test('a client that trusts the authority connects', async (t) => {
  const { authority, certificate, key } = makeCertificates(hosts, Date.now());
  const server = createServer({ cert: certificate, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority });
  await once(socket, 'secureConnect');
  t.true(socket.authorized);
  socket.destroy();
  server.close();
});

test('the certificate is valid from yesterday and as long as clients accept', (t) => {
  const now = Date.UTC(2030, 0, 2, 3, 4, 5);
  const { certificate } = makeCertificates(hosts, now);
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  t.deepEqual([validFromDate, validToDate], [new Date(now - 86_400_000), new Date(now + 825 * 86_400_000)]);
});
