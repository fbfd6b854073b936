/** What the person is told, where, and when. */
import { Failure, Skeleton } from '../../parts/states.tsx';
import { useAction } from '../action.ts';
import { Contacts } from './contacts.tsx';
import { Digests } from './digests.tsx';
import { Grid } from './grid.tsx';
import { usePreferences } from './preferences.ts';
import { PushHere } from './push-here.tsx';
import { QuietHours } from './quiet-hours.tsx';

export function NotificationsSection() {
  const action = useAction();
  const preferences = usePreferences(action);
  const page = preferences.page.value;
  return (
    <>
      <PushHere />
      <Contacts />
      {preferences.failure.value !== undefined && <Failure text={preferences.failure.value} onRetry={() => void preferences.again()} />}
      {page === undefined && preferences.failure.value === undefined && <Skeleton />}
      {page !== undefined && (
        <>
          <Grid page={page} preferences={preferences} action={action} />
          <QuietHours page={page} preferences={preferences} />
          <Digests page={page} preferences={preferences} />
        </>
      )}
    </>
  );
}
