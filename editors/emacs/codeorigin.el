;;; codeorigin.el --- CodeOrigin for eglot -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))

;;; Commentary:

;; Shows how likely each function was written by an LLM.  Needs the `codeorigin' command.
;;
;;   (require 'codeorigin)
;;   (add-hook 'python-mode-hook #'eglot-ensure)
;;
;; eglot runs one server per buffer.  Where it already runs another for a language, leave that language out of
;; `codeorigin-modes', or start CodeOrigin by hand with C-u M-x eglot.

;;; Code:

(require 'eglot)

(defgroup codeorigin nil
  "How likely each function was written by an LLM."
  :group 'tools)

(defcustom codeorigin-command '("codeorigin" "serve")
  "Command that starts the server, and its arguments."
  :type '(repeat string))

(defcustom codeorigin-modes
  '(python-mode python-ts-mode js-mode js-ts-mode typescript-mode typescript-ts-mode tsx-ts-mode java-mode
    java-ts-mode go-mode go-ts-mode c-mode c-ts-mode c++-mode c++-ts-mode csharp-mode csharp-ts-mode rust-mode
    rust-ts-mode php-mode php-ts-mode ruby-mode ruby-ts-mode)
  "Major modes in which eglot starts CodeOrigin.
Add `text-mode' for code in texts without a known language; many other modes derive from it."
  :type '(repeat symbol))

(defcustom codeorigin-settings nil
  "The server's settings, a property list such as (:falsePositiveRate 0.005); see docs/settings.md."
  :type 'plist)

(defclass codeorigin-server (eglot-lsp-server) ()
  "A CodeOrigin server.")

(cl-defmethod eglot-initialization-options ((_server codeorigin-server))
  "The settings, in time for the first score."
  (or codeorigin-settings eglot--{}))

(cl-defmethod eglot-handle-notification ((_server codeorigin-server) (_method (eql codeorigin/status)) &rest _)
  "The server's state has no place in eglot's mode line.")

(defun codeorigin-explain ()
  "Show which lines of the function at point made the model think so."
  (interactive)
  (let ((answer (jsonrpc-request
                 (eglot--current-server-or-lose)
                 :workspace/executeCommand
                 `(:command "codeorigin.explain"
                   :arguments [,(plist-get (eglot--TextDocumentIdentifier) :uri) ,(eglot--pos-to-lsp-position)
                               (:quiet t)])
                 :timeout 60)))
    (message "%s" (plist-get answer :message))))

(add-to-list 'eglot-server-programs
             (cons codeorigin-modes (lambda (&rest _) (cons 'codeorigin-server codeorigin-command))))

(provide 'codeorigin)

;;; codeorigin.el ends here
