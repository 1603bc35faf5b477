using Vitrine.Tensors;

namespace Vitrine.Models.Data;

/// <summary>Random tokens, repeated: nothing but the repetition can be learnt.</summary>
/// <remarks>A window is <c>&lt;|endoftext|&gt;</c> and then n tokens, each drawn from the commonest
/// of the text, over and over until the window is full; after the first 2,000 windows twice, then
/// others twice, so that a token has one earlier place alone. n is drawn anew each time from T/8 …
/// T/2. All of it follows from the seed and the number of the window.</remarks>
internal sealed class RandomRepeats(IReadOnlyList<int> tokens, int endOfText, ulong seed)
{
    private const ulong Stream = 0x52616E64;

    /// <summary>Over and over is easier to find out: the heads begin with so many windows of
    /// it.</summary>
    private const long FirstWindows = 2000;

    private readonly CounterRandom _random = new(seed, Stream);

    /// <summary>Writes windows.</summary>
    /// <param name="firstWindow">The number of the first.</param>
    /// <param name="context">Tokens in a window.</param>
    /// <param name="inputs">Receives the windows, one after another.</param>
    /// <param name="targets">Receives the token after each.</param>
    public void Fill(long firstWindow, int context, Span<int> inputs, Span<int> targets)
    {
        int shortest = Math.Max(1, context / 8);
        int lengths = Math.Max(1, (context / 2) - shortest + 1);
        for (int at = 0; at < inputs.Length; at += context, firstWindow++)
        {
            ulong draw = (ulong)firstWindow * 2 * (ulong)(context + 1);
            Span<int> window = targets.Slice(at, context);
            for (int done = 0; done < context;)
            {
                int length = shortest + _random.Integer(draw++, lengths);
                int copied = Math.Min(done + length, context);
                for (; done < copied; done++)
                {
                    window[done] = tokens[_random.Integer(draw++, tokens.Count)];
                }

                int end = firstWindow < FirstWindows ? context : Math.Min(copied + length, context);
                for (; done < end; done++)
                {
                    window[done] = window[done - length];
                }
            }

            inputs[at] = endOfText;
            window[..^1].CopyTo(inputs.Slice(at + 1, context - 1));
        }
    }
}
