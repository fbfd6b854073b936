import test from 'ava';
import { readableAddress } from '../readable-address.ts';
import { givenReadApi } from '../test-fixture.ts';

test('an email address is shown with its domain in its own script', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const { commands, by } = api.work;
  await api.expectSuccess(commands.setContact({ person: ada.person, kind: 'email', address: 'Jörg@xn--bcher-kva.example' }, by(ada.person)));
  await api.expectSuccess(commands.setContact({ person: ada.person, kind: 'phone', address: '+4930123456' }, by(ada.person)));
  const { contacts } = (await api.requestAfterWrites(ada, '/v1/me/contacts')).body as unknown as { readonly contacts: readonly { readonly address: string }[] };
  t.deepEqual(
    contacts.map(({ address }) => address),
    ['Jörg@bücher.example', '+4930123456'],
  );
});

test('a domain that has no other form is shown as it is', (t) => {
  for (const address of ['ada@example.org', 'ada@xn--0000000.example']) t.true(readableAddress('email', address).startsWith('ada@'), address);
  t.is(readableAddress('email', 'ada@example.org'), 'ada@example.org');
});
