import test from 'ava';
import { traceParentOf } from './trace-parent.ts';

test('the trace of a sender is understood as the standard writes it, and nothing else is', (t) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const span = '00f067aa0ba902b7';
  const understood = { requestId: `4bf92f35-77b3-4da6-a3ce-929d0e0e4736-${span}`, span };
  t.deepEqual(traceParentOf(`00-${trace}-${span}-01`), understood);
  t.deepEqual(traceParentOf(`01-${trace}-${span}-01-more`), understood, 'of a later version');
  const wrong = [
    undefined,
    '',
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}`,
    ` 00-${trace}-${span}-01`,
  ];
  for (const header of wrong) t.is(traceParentOf(header), undefined, header);
});
