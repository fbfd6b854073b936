import test from 'ava';
import { FIRST_EPOCH, type Position } from '../ports/event-log/port.ts';
import { positionTokens } from './position-tokens.ts';

const position = '0.4711_1.88' as Position;
const understood = (value: string) => ({ outcome: 'understood', value });
const refused = (code: string) => ({ outcome: 'refused', refusal: { code } });

test('until the log is restored, a token is the position as it is', (t) => {
  const tokens = positionTokens(FIRST_EPOCH);
  t.is(tokens.tokenOf(position), position);
  t.deepEqual(tokens.positionOf(position), understood(position));
});

test('a token of a restored log comes back as the position that it was', (t) => {
  const tokens = positionTokens(1_764_417_600);
  t.is(tokens.tokenOf(position), '1764417600-0.4711_1.88');
  t.deepEqual(tokens.positionOf(tokens.tokenOf(position)), understood(position));
});

test('a token of another epoch is refused, an earlier one and a later one', (t) => {
  const epochs = [FIRST_EPOCH, 1_764_417_600, 1_764_417_601];
  for (const handing of epochs) {
    for (const reading of epochs.filter((epoch) => epoch !== handing)) {
      t.deepEqual(positionTokens(reading).positionOf(positionTokens(handing).tokenOf(position)), refused('position-of-another-log'));
    }
  }
});

test('what is no token is invalid in every epoch, and an epoch has one spelling', (t) => {
  for (const epoch of [FIRST_EPOCH, 1_764_417_600]) {
    for (const token of [
      '',
      'latest',
      '-0.7',
      '0-0.7',
      '01764417600-0.7',
      '1764417600-',
      '1764417600-latest',
      '1-2-0.7',
      '1764417600-0.7-',
      '9999999999999-0.7',
    ]) {
      t.deepEqual(positionTokens(epoch).positionOf(token), refused('position-invalid'), token);
    }
  }
});

test('several tokens, as of commands that were under way at once, are the position that covers all of them', (t) => {
  for (const epoch of [FIRST_EPOCH, 1_764_417_600]) {
    const tokens = positionTokens(epoch);
    const several = ['0.4711_1.88', '1.90', '0.12_2.3'].map((one) => tokens.tokenOf(one as Position));
    t.deepEqual(tokens.positionOf(several.join(',')), understood('0.4711_1.90_2.3'));
    t.deepEqual(tokens.positionOf(several.join(', ')), understood('0.4711_1.90_2.3'));
    t.deepEqual(tokens.positionOf(`${several[0]},`), refused('position-invalid'));
    t.deepEqual(tokens.positionOf(`${several[0]},${positionTokens(1_764_417_601).tokenOf(position)}`), refused('position-of-another-log'));
  }
});
