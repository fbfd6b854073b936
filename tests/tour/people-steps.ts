/** Three people sign up and become friends; one registers a device and an email address. */
import { confirmContact } from '../client/confirm-contact.ts';
import { expectStatus } from '../client/expectations.ts';
import { authorizationOf, DONE, PASSWORD, type TourContext } from './tour-context.ts';

export async function signUpAndBefriend({ people: { ann, bob, cleo }, addresses, step, write, keyFor, logIn, run }: TourContext): Promise<void> {
  for (const person of [ann, bob, cleo]) {
    await step(`${person.name} signs up and logs in`, async () => {
      const body = { loginName: person.loginName, name: person.name, password: PASSWORD };
      const signedUp = expectStatus([201], await write('/v1/people', { key: keyFor(`sign-up-${person.name}`), body }));
      person.id = String(signedUp.body['id']);
      person.token = String((await logIn(person)).body['token']);
    });
  }

  for (const friend of [bob, cleo]) {
    await step(`Ann asks ${friend.name} to be friends, and ${friend.name} accepts`, async () => {
      const requested = await write('/v1/friend-requests', { key: keyFor(`ask-${friend.name}`), headers: authorizationOf(ann), body: { person: friend.id } });
      const id = encodeURIComponent(String(expectStatus(DONE, requested).body['id']));
      const accepted = await write(`/v1/friend-requests/${id}/accept`, { key: keyFor(`accept-${friend.name}`), headers: authorizationOf(friend) });
      expectStatus(DONE, accepted);
    });
  }

  await step('Bob registers his phone, and an email address that he confirms with the code in the outbox', async () => {
    const device = {
      method: 'PUT',
      key: keyFor('device'),
      headers: authorizationOf(bob),
      body: { platform: 'fcm', token: `token-of-bobs-phone-${run}` },
    } as const;
    expectStatus(DONE, await write('/v1/me/devices/bobs-phone', device));
    await confirmContact(addresses, { kind: 'email', address: `bob-${run}@example.org`, headers: authorizationOf(bob), key: keyFor('email') });
  });
}
