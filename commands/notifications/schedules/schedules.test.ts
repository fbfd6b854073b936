import test from 'ava';
import { localTimeAt } from '../../../domain/shared/local-time.ts';
import { scheduleStream } from '../../../domain/shared/streams.ts';
import { schedule } from '../../../domain/notifications/schedules/schedule.ts';
import { codeOf, givenCommands, signUp } from '../../test-fixture.ts';
import { pauseSchedule, resumeSchedule } from './schedules.ts';

test('one who resumes while another pauses makes it go on: it has a next occurrence, and has not ended', async (t) => {
  await using given = await givenCommands();
  const { commands, ...handling } = given.process();
  const ann = await signUp(given, { commands, ...handling }, 'ann');
  const { id: app } = await commands.registerApp({ name: 'Shop' }, given.context('admin'));
  await commands.enrol({ person: ann, app }, given.context(ann));
  const { id, handled } = await commands.createSchedule(
    {
      app,
      recurrence: { rule: 'FREQ=DAILY', start: localTimeAt(given.now, 'UTC'), zone: 'UTC', clock: 'zone' },
      missed: 'skip',
      request: { recipients: [ann], category: 'pills', channels: ['push'] },
      content: { body: 'Two' },
    },
    given.context(`app:${app}`),
  );
  t.is(codeOf(handled), 'appended');
  const pausedMeanwhile: typeof handling.handle = async (...asked) => {
    await pauseSchedule(handling)({ schedule: id }, given.context('other'));
    return handling.handle(...asked);
  };
  t.is(codeOf(await resumeSchedule({ ...handling, handle: pausedMeanwhile })({ schedule: id }, given.context('one'))), 'appended');
  const { state } = await handling.loadState(schedule, scheduleStream(id));
  t.is(state.status, 'active');
});
