using System.Globalization;
using System.Text;

namespace Vitrine.Models.Tokenizers.Chat;

/// <summary>Cuts a template into tokens; spaces that trim marks and the rules for statements remove
/// are gone from the text.</summary>
internal sealed class JinjaLexer
{
    private static readonly string[] Signs =
    [
        "==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
        "[", "]", "{", "}", ",", ".", ":", "|",
    ];

    private readonly string _text;
    private readonly List<JinjaToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _trimsStart;
    private bool _dropsBreak;

    private JinjaLexer(string text) => _text = text;

    /// <summary>The tokens of a template.</summary>
    /// <exception cref="InvalidDataException">A tag, comment or string does not end, or a character
    /// has no meaning.</exception>
    public static List<JinjaToken> Tokens(string template)
    {
        string text = template.Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace('\r', '\n');
        var lexer = new JinjaLexer(text.EndsWith('\n') ? text[..^1] : text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_at < _text.Length)
        {
            int tag = NextTag();
            Text(tag);
            if (tag == _text.Length)
            {
                break;
            }

            char kind = _text[tag + 1];
            Skip(tag + 2);
            if (_at < _text.Length && _text[_at] is '-' or '+')
            {
                _at++;
            }

            if (kind == '#')
            {
                int end = _text.IndexOf("#}", _at, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw Wrong("a comment must end in #}");
                }

                _trimsStart = _text[end - 1] == '-';
                _dropsBreak = !_trimsStart;
                Skip(end + 2);
            }
            else
            {
                Tag(kind == '{');
            }
        }

        _tokens.Add(new JinjaToken(JinjaKind.End, "", _line));
    }

    private int NextTag()
    {
        for (int i = _at; i + 1 < _text.Length; i++)
        {
            if (_text[i] == '{' && _text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return _text.Length;
    }

    /// <summary>The text up to a tag, without what the tags around it trim.</summary>
    private void Text(int end)
    {
        int line = _line;
        string text = _text[_at..end];
        Skip(end);
        if (_trimsStart)
        {
            text = text.TrimStart();
        }
        else if (_dropsBreak && text.StartsWith('\n'))
        {
            text = text[1..];
        }

        (_trimsStart, _dropsBreak) = (false, false);
        if (end + 2 < _text.Length && _text[end + 2] == '-')
        {
            text = text.TrimEnd();
        }
        else if (end + 2 <= _text.Length && _text[end + 1] != '{'
            && !(end + 2 < _text.Length && _text[end + 2] == '+'))
        {
            int kept = text.Length;
            while (kept > 0 && text[kept - 1] is ' ' or '\t')
            {
                kept--;
            }

            bool beginsLine = kept > 0 ? text[kept - 1] == '\n'
                : LineBegins(end - text.Length);
            text = beginsLine ? text[..kept] : text;
        }

        if (text.Length > 0)
        {
            _tokens.Add(new JinjaToken(JinjaKind.Text, text, line));
        }
    }

    private bool LineBegins(int at) => at == 0 || _text[at - 1] == '\n';

    private void Tag(bool isOutput)
    {
        _tokens.Add(new JinjaToken(
            isOutput ? JinjaKind.OutputStart : JinjaKind.StatementStart, "", _line));
        string close = isOutput ? "}}" : "%}";
        int depth = 0;
        while (true)
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            {
                Skip(_at + 1);
            }

            if (_at >= _text.Length)
            {
                throw Wrong($"a tag must end in {close}");
            }

            bool trims = _text[_at] == '-' && At(_at + 1, close);
            if (trims || (depth == 0 && At(_at, close)))
            {
                _at += trims ? 3 : 2;
                _trimsStart = trims;
                _dropsBreak = !trims && !isOutput;
                _tokens.Add(new JinjaToken(
                    isOutput ? JinjaKind.OutputEnd : JinjaKind.StatementEnd, "", _line));
                return;
            }

            depth += _text[_at] switch { '{' => 1, '}' => -1, _ => 0 };
            One();
        }
    }

    private void One()
    {
        char c = _text[_at];
        int start = _at;
        if (c is '\'' or '"')
        {
            _tokens.Add(new JinjaToken(JinjaKind.String, Quoted(c), _line));
        }
        else if (char.IsAsciiLetter(c) || c == '_')
        {
            while (_at < _text.Length
                && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }

            _tokens.Add(new JinjaToken(JinjaKind.Name, _text[start.._at], _line));
        }
        else if (char.IsAsciiDigit(c))
        {
            bool hasFraction = false;
            while (_at < _text.Length && (char.IsAsciiDigit(_text[_at])
                || (_text[_at] == '.' && !hasFraction && _at + 1 < _text.Length
                    && char.IsAsciiDigit(_text[_at + 1]))))
            {
                hasFraction |= _text[_at++] == '.';
            }

            _tokens.Add(new JinjaToken(
                hasFraction ? JinjaKind.Fraction : JinjaKind.Number, _text[start.._at], _line));
        }
        else
        {
            string sign = Signs.FirstOrDefault(sign => At(_at, sign))
                ?? throw Wrong($"\"{PrintableText.Value(c.ToString())}\" has no meaning");
            _at += sign.Length;
            _tokens.Add(new JinjaToken(JinjaKind.Sign, sign, _line));
        }
    }

    private string Quoted(char quote)
    {
        var value = new StringBuilder();
        for (Skip(_at + 1); _at < _text.Length; Skip(_at + 1))
        {
            char c = _text[_at];
            if (c == quote)
            {
                _at++;
                return value.ToString();
            }

            if (c != '\\' || _at + 1 >= _text.Length)
            {
                value.Append(c);
                continue;
            }

            c = _text[++_at];
            if (c is 'u' or 'x')
            {
                int digits = c == 'u' ? 4 : 2;
                if (_at + digits >= _text.Length || !int.TryParse(
                    _text.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture, out int code))
                {
                    throw Wrong($"\\{c} must be followed by {digits} hexadecimal digits");
                }

                value.Append((char)code);
                _at += digits;
                continue;
            }

            _ = c switch
            {
                'n' => value.Append('\n'),
                't' => value.Append('\t'),
                'r' => value.Append('\r'),
                '\\' or '\'' or '"' => value.Append(c),
                '\n' => value,
                _ => value.Append('\\').Append(c),
            };
        }

        throw Wrong("a string must end in its quote");
    }

    private void Skip(int to)
    {
        _line += _text.AsSpan(_at..to).Count('\n');
        _at = to;
    }

    private bool At(int at, string sign) =>
        string.CompareOrdinal(_text, at, sign, 0, sign.Length) == 0;

    private InvalidDataException Wrong(string rule) => new(
        $"ChatTemplate: {rule}; got line {_line} of the template.");
}
