---@brief
---
--- CodeOrigin shows how likely each function was written by an LLM, and which lines say so.
---
--- Needs Neovim 0.11 and the `codeorigin` command. Put this folder (`editors/nvim`) on the runtime path, then:
---
--- ```lua
--- vim.lsp.enable('codeorigin')
--- ```
---
--- Settings are those of docs/settings.md:
---
--- ```lua
--- vim.lsp.config('codeorigin', { settings = { codeorigin = { falsePositiveRate = 0.005 } } })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'codeorigin', 'serve' },
  filetypes = {
    'python',
    'javascript',
    'javascriptreact',
    'typescript',
    'typescriptreact',
    'java',
    'go',
    'c',
    'cpp',
    'cs',
    'rust',
    'php',
    'ruby',
  },
  root_markers = { 'codeorigin.toml', 'pyproject.toml', '.git' },
  -- Neovim calls the filetype of C# `cs`; the protocol says `csharp`.
  get_language_id = function(_, filetype)
    return filetype == 'cs' and 'csharp' or filetype
  end,
  commands = {
    ['codeorigin.explain'] = function(command, context)
      require('codeorigin').explain(command, context)
    end,
  },
  settings = { codeorigin = {} },
}
