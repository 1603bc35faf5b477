using System.Runtime.InteropServices;
using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models.Generation;

/// <summary>Continues a sequence token by token; keys and values of earlier tokens are kept, so a
/// token costs one position.</summary>
/// <remarks>Not safe for several threads at once.</remarks>
/// <example>
/// <code>
/// using var generator = new TextGenerator(model, capacity: 64);
/// foreach (int token in generator.Continue(prompt, count: 20, SamplingOptions.Greedy)) { … }
/// </code>
/// </example>
public sealed class TextGenerator : IDisposable
{
    private const ulong Stream = 0x47_454E_4552;
    private readonly Transformer _model;
    private readonly Steering? _steering;
    private readonly KeyValueCache _earlier;
    private readonly List<int> _read = [];
    private readonly Tensor<float>? _encoded;

    /// <summary>Starts an empty sequence.</summary>
    /// <param name="model">The model; borrowed for as long as this lives.</param>
    /// <param name="capacity">How many tokens can be read, at most the model's context.</param>
    /// <param name="steering">What is changed while it reads; null for nothing.</param>
    /// <param name="source">int32 [1, pos]: what the encoder of an encoder-decoder reads; null for
    /// other models.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive, or larger than
    /// the context.</exception>
    /// <exception cref="ArgumentException">The model is an encoder, or an encoder-decoder without a
    /// source, or another with one.</exception>
    public TextGenerator(
        Transformer model, int capacity, Steering? steering = null, Tensor<int>? source = null)
    {
        TransformerConfig config = model.Config;
        if (capacity < 1 || (config.Layers > 0 && capacity > config.Context))
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity),
                config.Layers > 0
                    ? $"TextGenerator: the model's context is {config.Context} tokens; got "
                        + $"{capacity}."
                    : $"TextGenerator: the capacity must be positive; got {capacity}.");
        }

        if (config.IsEncoder)
        {
            throw new ArgumentException(
                "TextGenerator: the model must predict the next token; got an encoder, which "
                + "predicts masked ones.", nameof(model));
        }

        (_model, Capacity, _steering) = (model, capacity, steering);
        _earlier = new KeyValueCache(config, capacity, model.Device);
        if ((source is null) != (model.Encoder is null))
        {
            _earlier.Dispose();
            throw new ArgumentException(
                source is null
                    ? "TextGenerator: an encoder-decoder continues a source; pass it."
                    : "TextGenerator: only an encoder-decoder has a source; leave it out.",
                nameof(source));
        }

        if (source is not null)
        {
            using Tape tape = Tape.NoGrad();
            _encoded = model.Encoder!.Encoded(tape, source, hooks: null).Value.Clone();
        }
    }

    /// <summary>How many tokens can be read.</summary>
    public int Capacity { get; }

    /// <summary>How many tokens were read.</summary>
    public int Length => _earlier.Length;

    /// <summary>The logits of what follows the last token that was read, [vocab]: those that
    /// <see cref="Continue"/> chose its latest token from. Empty before anything is
    /// read.</summary>
    public ReadOnlyMemory<float> Logits { get; private set; }

    /// <summary>Reads tokens after those read before.</summary>
    /// <param name="tokens">At least one.</param>
    /// <returns>The logits of the token after the last, [vocab].</returns>
    /// <exception cref="ArgumentException">There are no tokens, more than the remaining capacity,
    /// or one is not in the vocabulary.</exception>
    public float[] Read(params ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty || tokens.Length > Capacity - Length)
        {
            throw new ArgumentException(
                $"TextGenerator: 1 … {Capacity - Length} more tokens can be read; got "
                + $"{tokens.Length}; "
                + $"the capacity is {Capacity}.", nameof(tokens));
        }

        foreach (int token in tokens)
        {
            if (token < 0 || token >= _model.Config.Vocabulary)
            {
                throw new ArgumentException(
                    $"TextGenerator: tokens are 0 … {_model.Config.Vocabulary - 1}; got {token}.",
                    nameof(tokens));
            }
        }

        if (_model.RotatesAnewFrom is { } most)
        {
            _read.AddRange(tokens);
            if (Length > 0 && Length <= most && Length + tokens.Length > most)
            {
                // From here on all keys are rotated by other angles, the earlier ones too.
                _earlier.Clear();
                tokens = CollectionsMarshal.AsSpan(_read);
            }
        }

        using var tape = Tape.NoGrad();
        using Tensor<int> ids = _model.Batch(tokens);
        Var x = _model.Embedded(tape, ids, first: Length);                  // [1, pos, dModel]
        x = _model.Through(
            tape, x, 0, _model.Config.Layers, _steering?.HooksAt(Length),
            at: new(Length, _earlier)
            {
                Encoded = _encoded is null ? null : new Var(_encoded),
            });                                                             // [1, pos, dModel]
        _earlier.Advance(tokens.Length);
        float[] logits =
            _model.Logits(tape, tape.Slice(x, 1, tokens.Length - 1, 1)).Value.ToArray();
        Logits = logits;
        return logits;
    }

    /// <summary>Reads a prompt and chooses tokens after it.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">How many to choose.</param>
    /// <param name="options">How.</param>
    /// <returns>The tokens as they are chosen.</returns>
    /// <exception cref="ArgumentException">The prompt and all chosen tokens but the last exceed the
    /// remaining capacity.</exception>
    public IEnumerable<int> Continue(IReadOnlyList<int> prompt, int count, SamplingOptions options)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (prompt.Count == 0 || (long)prompt.Count + Math.Max(0, count - 1) > Capacity - Length)
        {
            throw new ArgumentException(
                "TextGenerator: a prompt of at least one token and all new tokens but the last "
                + $"must fit into {Capacity - Length}; got {prompt.Count} and {count} new tokens; "
                + "request fewer.",
                nameof(count));
        }

        return Chosen();

        IEnumerable<int> Chosen()
        {
            var random = new CounterRandom(options.Seed, Stream);
            int[] next = [.. prompt];
            for (int i = 0; i < count; i++)
            {
                int token = Choose(Read(next), options, random.Uniform((ulong)i));
                yield return token;
                next = [token];
            }
        }
    }

    /// <summary>Chooses a token.
    /// <code>p[v] ∝ exp(logit[v] / temperature) over the topK likeliest</code>
    /// and of these the one whose part of [0, 1) contains u, the likeliest first.</summary>
    /// <param name="logits">[vocab].</param>
    /// <param name="options">How; for equal logits the lower token comes first.</param>
    /// <param name="u">A number in [0, 1).</param>
    /// <exception cref="ArgumentException">A logit is NaN, the largest is infinite, there are none,
    /// or an option or u is out of range.</exception>
    public static int Choose(ReadOnlySpan<float> logits, SamplingOptions options, double u)
    {
        options.Validate();
        if (u is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(u), u, "TextGenerator: u must be in [0, 1).");
        }

        RequireRanked(logits);
        int most = options.TopK > 0 ? Math.Min(options.TopK, logits.Length) : logits.Length;
        using Tensor<float> all = Tensor.From(logits, [logits.Length]);
        (Tensor<float> values, Tensor<int> ids) =
            Ops.TopK(all, options.Temperature == 0 ? 1 : most);
        using (values)
        using (ids)
        {
            if (options.Temperature == 0)
            {
                return ids[0];
            }

            ReadOnlySpan<float> sorted = values.Span;
            var weights = new double[sorted.Length];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Math.Exp(((double)sorted[i] - sorted[0]) / options.Temperature);
            }

            double left = u * weights.Sum();
            int chosen = 0;
            while (chosen < weights.Length - 1 && left >= weights[chosen])
            {
                left -= weights[chosen++];
            }

            return ids[chosen];
        }
    }

    private static void RequireRanked(ReadOnlySpan<float> logits)
    {
        float largest = float.NegativeInfinity;
        for (int i = 0; i < logits.Length; i++)
        {
            largest = Math.Max(largest, logits[i]);
            if (float.IsNaN(largest))
            {
                throw new ArgumentException(
                    $"TextGenerator: no token can be chosen, since the logit of token {i} is NaN; "
                    + "check the weights.", nameof(logits));
            }
        }

        if (!float.IsFinite(largest))
        {
            throw new ArgumentException(
                "TextGenerator: no token can be chosen, since the largest logit is "
                + $"{largest}; check the weights.", nameof(logits));
        }
    }

    /// <summary>Releases the keys and values.</summary>
    public void Dispose()
    {
        _earlier.Dispose();
        _encoded?.Dispose();
    }
}
