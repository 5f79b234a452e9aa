import t from 'tap'
import { table } from './table.ts'

t.equal(
  table(
    ['faults', 'oops'],
    [
      [['none'], ['none']],
      [['a', '+ b'], ['NULL + 0x40']],
    ],
  ),
  [
    '  faults  oops',
    '  ------  -----------',
    '  none    none',
    '  ------  -----------',
    '  a       NULL + 0x40',
    '  + b',
    '',
  ].join('\n'),
  'cells of several lines stay in their column',
)
