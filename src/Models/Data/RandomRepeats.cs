using Vitrine.Tensors;

namespace Vitrine.Models.Data;

/// <summary>Random tokens, repeated: nothing but the repetition can be learnt.</summary>
/// <remarks>A window is <c>&lt;|endoftext|&gt;</c> and then n tokens, drawn each from the commonest
/// of the text, over and over until the window is full; n is drawn anew for each window from T/8 …
/// T/2. All of it follows from the seed and the number of the window.</remarks>
internal sealed class RandomRepeats(IReadOnlyList<int> tokens, int endOfText, ulong seed)
{
    private const ulong Stream = 0x52616E64;
    private readonly CounterRandom _random = new(seed, Stream);

    /// <summary>Writes windows.</summary>
    /// <param name="firstWindow">The number of the first.</param>
    /// <param name="context">Tokens in a window.</param>
    /// <param name="inputs">Takes the windows, one behind the other.</param>
    /// <param name="targets">Takes the token behind each.</param>
    public void Fill(long firstWindow, int context, Span<int> inputs, Span<int> targets)
    {
        for (int at = 0; at < inputs.Length; at += context, firstWindow++)
        {
            ulong draw = (ulong)firstWindow * (ulong)(context + 1);
            int shortest = Math.Max(1, context / 8);
            int period = shortest + _random.Integer(
                draw, Math.Max(1, (context / 2) - shortest + 1));
            inputs[at] = endOfText;
            for (int i = 0; i < context; i++)
            {
                int token = tokens[_random.Integer(draw + 1 + (ulong)(i % period), tokens.Count)];
                targets[at + i] = token;
                if (i + 1 < context)
                {
                    inputs[at + i + 1] = token;
                }
            }
        }
    }
}
