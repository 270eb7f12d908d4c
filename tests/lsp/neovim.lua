-- What somebody does in Neovim who looks into a file and edits it. The script, JSON, has the file,
-- what is due to be shown in it, and keys; what was seen is written, and a test looks at it.
local script = vim.json.decode(table.concat(vim.fn.readfile(vim.env.ZAPLINT_SCRIPT), '\n'))
local seen = {}

local function shown()
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, { each.lnum + 1, each.code })
  end
  table.sort(found, function(a, b) return a[1] < b[1] or a[1] == b[1] and a[2] < b[2] end)
  return found
end

-- Waits until it is so. Who has waited in vain once has no more patience.
local function wait(so)
  if not vim.wait(script.patience, so, 20) then
    script.patience = 1000
  end
end

-- Waits until this is shown; what is shown then.
local function showing(expected)
  wait(function() return vim.deep_equal(shown(), expected) end)
  return shown()
end

local function keys(text)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(text, true, false, true), 'tx', false)
end

local function float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
    end
  end
end

vim.lsp.set_log_level('warn')
vim.cmd('edit ' .. vim.fn.fnameescape(script.file))
seen.shown = { showing(script.shown[1]) }
for number, typed in ipairs(script.typed) do
  keys(typed)
  table.insert(seen.shown, showing(script.shown[number + 1]))
end
seen.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') .. '\n'

vim.fn.search(script.call)
vim.lsp.buf.hover()
wait(function() return float() ~= nil end)
seen.hover = float() or vim.NIL
local line = vim.fn.line('.')
vim.lsp.buf.definition()
wait(function() return vim.fn.line('.') ~= line end)
seen.definition = { vim.api.nvim_buf_get_name(0), vim.fn.line('.') }

local clients = vim.lsp.get_clients or vim.lsp.get_active_clients
seen.clients = #clients()
vim.lsp.stop_client(clients())
wait(function() return #clients() == 0 end)
seen.messages = vim.trim(vim.fn.execute('messages'))
local log = vim.lsp.get_log_path()
seen.log = vim.fn.filereadable(log) == 1 and vim.fn.readfile(log) or {}
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.ZAPLINT_SEEN)
vim.cmd('qall!')
