--- The explanation of a function in a float, and the line heat map: the evidence of each line as virtual text, until the next edit.
---
--- ```lua
--- vim.keymap.set('n', '<leader>o', require('codeorigin').toggle)
--- ```
--- Colours are the highlight groups `CodeOriginLlm` and `CodeOriginHuman`.

local M = {}

local namespace = vim.api.nvim_create_namespace('codeorigin')
local METHOD = 'codeorigin/attributions'
local CELLS = 4
-- In logits: weaker evidence is not shown.
local NOTICEABLE = 0.005

vim.api.nvim_set_hl(0, 'CodeOriginLlm', { default = true, link = 'DiagnosticWarn' })
vim.api.nvim_set_hl(0, 'CodeOriginHuman', { default = true, link = 'DiagnosticInfo' })

---@class codeorigin.Request
---@field client vim.lsp.Client
---@field id integer

---@type table<integer, codeorigin.Request>
local pending = {}

---@return boolean
function M.is_on(buffer)
  return pending[buffer] ~= nil or #vim.api.nvim_buf_get_extmarks(buffer, namespace, 0, -1, { limit = 1 }) > 0
end

--- Clear the heat map of a buffer and cancel its request.
function M.clear(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local request = pending[buffer]
  pending[buffer] = nil
  if request then
    request.client:cancel_request(request.id)
  end
  if vim.api.nvim_buf_is_loaded(buffer) then
    vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  end
end

local function bar(line)
  return (line.value > 0 and '▰' or '▱'):rep(math.max(1, math.floor(CELLS * math.abs(line.weight) + 0.5)))
end

local function paint(buffer, answer)
  for _, each in ipairs(answer.functions) do
    for _, line in ipairs(each.explanation and each.explanation.lines or {}) do
      local towards_llm = line.value > 0
      if math.abs(line.value) >= NOTICEABLE then
        local text = ('%s %s'):format(bar(line), line.valueText)
        local group = towards_llm and 'CodeOriginLlm' or 'CodeOriginHuman'
        vim.api.nvim_buf_set_extmark(buffer, namespace, line.line, 0, {
          virt_text = { { text, group } },
          virt_text_pos = 'eol',
          hl_mode = 'combine',
        })
      end
    end
  end
end

local function clear_with_next_edit(buffer)
  vim.api.nvim_buf_attach(buffer, false, {
    on_lines = function()
      vim.schedule(function()
        M.clear(buffer)
      end)
      return true -- once is enough
    end,
  })
end

--- Request the evidence of all lines and show it.
function M.show(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'codeorigin' })[1]
  if not client then
    vim.notify('CodeOrigin: the server does not run for this buffer', vim.log.levels.WARN)
    return
  end
  M.clear(buffer)
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  local sent, id
  sent, id = client:request(METHOD, params, function(problem, answer)
    if not pending[buffer] or pending[buffer].id ~= id then
      return -- cancelled, or asked again meanwhile
    end
    pending[buffer] = nil
    if problem then
      vim.notify('CodeOrigin: ' .. problem.message, vim.log.levels.WARN)
    elseif answer and tick == vim.api.nvim_buf_get_changedtick(buffer) then
      paint(buffer, answer)
      clear_with_next_edit(buffer)
    end
  end, buffer)
  if sent then
    pending[buffer] = { client = client, id = id }
  end
end

--- Show the explanation of a function in a float: the command of the code action "Explain this function".
function M.explain(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local arguments = vim.list_extend(vim.list_slice(command.arguments, 1, 2), { { quiet = true } })
  client:request('workspace/executeCommand', { command = command.command, arguments = arguments }, function(problem, answer)
    if problem or not answer.verdict or answer.explanation == vim.NIL then
      vim.notify('CodeOrigin: ' .. (problem or answer).message, vim.log.levels.WARN)
      return
    end
    local shown = { answer.verdict.summary, answer.verdict.number, answer.explanation.summary, '' }
    for _, line in ipairs(answer.explanation.lines) do
      -- A bar's characters have three bytes each.
      local drawn = bar(line)
      local padding = (' '):rep(CELLS - #drawn / 3)
      local code = vim.api.nvim_buf_get_lines(context.bufnr, line.line, line.line + 1, false)[1] or ''
      table.insert(shown, ('%5d  %6s  %s%s  %s'):format(line.line + 1, line.valueText, drawn, padding, code))
    end
    table.insert(shown, '')
    vim.list_extend(shown, vim.split(answer.caveat:gsub(': ', ':\n'), '\n'))
    -- As plain text: names and lines of a file are no Markdown.
    local _, window = vim.lsp.util.open_floating_preview(shown, '', { focus_id = 'codeorigin', wrap = false })
    -- It was asked for, and may be longer than the screen: the cursor goes into it, so that it scrolls and `q` closes it.
    vim.api.nvim_set_current_win(window)
  end, context.bufnr)
end

--- Switch the heat map of the current buffer on or off.
function M.toggle()
  local buffer = vim.api.nvim_get_current_buf()
  if M.is_on(buffer) then
    M.clear(buffer)
  else
    M.show(buffer)
  end
end

return M
