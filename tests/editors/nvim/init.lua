-- A user's configuration: the shipped folder on the runtime path, the tests' server and settings from the environment.
vim.opt.runtimepath:prepend(vim.env.CODEORIGIN_EDITORS .. '/nvim')
vim.cmd('filetype on')
vim.opt.swapfile = false
vim.lsp.config('codeorigin', {
  cmd = vim.json.decode(vim.env.CODEORIGIN_COMMAND),
  settings = { codeorigin = vim.json.decode(vim.env.CODEORIGIN_SETTINGS) },
})
vim.lsp.enable('codeorigin')
