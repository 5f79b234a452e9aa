/** --help of every command: what a person sees first. */
import t from 'tap'
import { program } from '../cli/main.ts'
import { commandsBelow, fullName, helpOf } from './help.ts'
import { mistakesOf } from './parse.ts'

t.setTimeout(120_000)

for (const command of commandsBelow(program())) {
  t.test(fullName(command), async t => {
    const { examples, exits } = helpOf(command)
    t.ok(command.description(), 'says what it does')
    t.ok(examples.length > 0, `has examples: ${examples.length}`)
    t.match(exits, /^(0|the shell's)\b.*\b(2|125)\b/s, 'says what its exit statuses mean')
    for (const { command } of examples) t.same(await mistakesOf(command), [], command)
  })
}

t.test('a wrong command line is found', async t => {
  const wrong = {
    'dmaspec boot --overlai sata-behind-ipmmu': /unknown option '--overlai'/,
    'dmaspec boto': /unknown command 'boto'/,
    'dmaspec cache lst': /unknown command 'lst'/,
    'dmaspec boot --overlay sata-behind-ipmu | jq .': /there is no overlay 'sata-behind-ipmu'/,
    'dmaspec run --spec bus-limt': /there is no spec 'bus-limt'/,
    'dmaspec run --jobs many': /argument 'many' is invalid/,
    'npx dmaspec diff out/a': /missing required argument 'B'/,
    "git bisect run sh -c 'dmaspec rum'": /unknown command 'rum'/,
    'make tset': /No rule to make target 'tset'/,
    "dmaspec boot 'x": /unexpected EOF/,
  }
  for (const [line, says] of Object.entries(wrong)) t.match((await mistakesOf(line))[0], says, line)
  t.same(await mistakesOf('dmaspec run --spec bus-limit --shard 2/5'), [])
})
