/** A post reaches the feeds of its author and her friends, and gets a like. */
import { article } from '../meeting.ts';
import { go, seen, type People, type TourContext } from './tour-context.ts';

const POST = 'Good morning from the harbour!';

export async function publishAndLike({ t, step }: TourContext, { ann, bob, cleo }: People): Promise<void> {
  for (const friend of [bob, cleo]) await go(friend, 'Feed');
  await step('Ann posts, and sees her own post in her feed at once', async () => {
    await go(ann, 'Feed');
    await ann.getByRole('textbox', { name: 'Write a post' }).fill(POST);
    await ann.getByRole('button', { name: 'Publish' }).click();
    await article(ann, POST).waitFor();
    await ann.reload();
    await article(ann, POST).waitFor();
    t.is(await ann.getByRole('article').filter({ hasText: POST }).count(), 1);
  });

  await step('Bob and Cleo find it in their feeds, and Bob likes it', async () => {
    for (const friend of [bob, cleo]) {
      const waiting = friend.getByRole('button', { name: '1 new post' });
      await seen(friend, waiting.or(article(friend, POST)));
      if ((await article(friend, POST).count()) === 0) await waiting.click();
      await article(friend, POST).waitFor();
      t.is(await friend.getByRole('article').filter({ hasText: POST }).count(), 1);
    }
    await article(bob, POST).getByRole('button', { name: 'Like' }).click();
    await article(bob, POST).getByRole('button', { name: 'Like, 1 like', pressed: true }).waitFor();
    await seen(ann, article(ann, POST).getByRole('button', { name: 'Like, 1 like', pressed: false }));
  });
}
