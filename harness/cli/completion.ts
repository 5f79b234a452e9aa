import { Argument, Command } from 'commander'
import { completionScript, shells } from '../completion/script.ts'
import { valuesOf } from '../completion/values.ts'
import { figureNames } from './bench.ts'

const EXAMPLES = `
Examples:
  source <(dmaspec completion bash)
      for this shell
  dmaspec completion bash > ~/.local/share/bash-completion/completions/dmaspec
      for every bash, if bash-completion is installed
  dmaspec completion zsh > ~/.zfunc/_dmaspec
      for every zsh whose fpath has ~/.zfunc in it before compinit
  dmaspec completion fish > ~/.config/fish/completions/dmaspec.fish

The names of kernels, faults, overlays, platforms and specs are in the script: make it anew when they change.
A shell completes a command by its name: dmaspec must be in PATH (npm link), or 'npx dmaspec' an alias of that name.

Exit status: 0 printed, 2 there is no such shell.`

/** `dmaspec completion`: prints what a shell completes this command line with. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print the script by which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText('after', EXAMPLES)
    .action((shell: string, _options: unknown, command: Command) => {
      const program = command.parent ?? command
      const values = valuesOf([{ name: 'bench name', words: figureNames }])
      process.stdout.write(completionScript(shell, program, values))
    })
}
