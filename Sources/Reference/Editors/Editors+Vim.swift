import Language

extension Editors {
    /// Returns the files of a folder for the runtime path of vim and Neovim, where Neovim also starts the language server.
    func vim() -> [ReferenceFile] {
        [
            ReferenceFile(path: "vim/ftdetect/bas.vim", text: "autocmd BufRead,BufNewFile *.bas set filetype=bas\n"),
            ReferenceFile(
                path: "vim/ftplugin/bas.vim",
                text: """
                    setlocal commentstring=#\\ %s comments=b:## comments+=b:# expandtab shiftwidth=4 softtabstop=4
                    setlocal makeprg=bas\\ check\\ % errorformat=%f:%l:%c:\\ %m
                    if has('nvim-0.8')
                      lua vim.lsp.start({ name = 'bas', cmd = { 'bas', 'lsp' } })
                    elseif has('nvim-0.7')
                      lua bas_client = bas_client or vim.lsp.start_client({ name = 'bas', cmd = { 'bas', 'lsp' } })
                      lua if bas_client then vim.lsp.buf_attach_client(0, bas_client) end
                      setlocal omnifunc=v:lua.vim.lsp.omnifunc
                    endif

                    """),
            ReferenceFile(path: "vim/syntax/bas.vim", text: syntax),
        ]
    }

    private var syntax: String {
        """
        if exists('b:current_syntax') | finish | endif
        syntax keyword basKeyword \(controls.joined(separator: " "))
        syntax keyword basConstant \(Vocabulary.constants.joined(separator: " "))
        syntax keyword basOperator \(Vocabulary.wordOperators.joined(separator: " "))
        syntax keyword basBuiltin \(builtins.joined(separator: " "))
        syntax match basField /\\.\\h\\w*/
        syntax match basNumber /\\v<(0x[0-9A-Fa-f_]+|\\d[0-9_]*(\\.\\d[0-9_]*)?([eE][+-]?\\d+)?)/
        syntax match basComment /#.*$/
        syntax match basDoc /##.*$/
        syntax match basCell /^# %%.*$/
        syntax match basOutput /^#>.*$/
        syntax match basEscape contained /\\v\\\\([ntr0e\\\\"{}]|u\\{\\x+\\})|\\{\\{|\\}\\}/
        syntax region basCode contained matchgroup=basEscape start=/{/ end=/}/ contains=TOP
        syntax region basString start=/"/ end=/"/ oneline contains=basCode,basEscape
        syntax region basString start=/\"""/ end=/\"""/ contains=basCode,basEscape
        syntax region basString start=/\\<r"/ end=/"/ oneline
        syntax region basString start=/\\<r\"""/ end=/\"""/
        highlight default link basKeyword Keyword
        highlight default link basConstant Constant
        highlight default link basOperator Operator
        highlight default link basBuiltin Function
        highlight default link basNumber Number
        highlight default link basComment Comment
        highlight default link basDoc SpecialComment
        highlight default link basCell Title
        highlight default link basOutput PreProc
        highlight default link basEscape SpecialChar
        highlight default link basString String
        let b:current_syntax = 'bas'

        """
    }
}
