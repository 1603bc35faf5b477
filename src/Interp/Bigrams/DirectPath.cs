using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Bigrams;

/// <summary>The direct path from token to token: <c>logits = norm(W_E[token]) W_U + b_U</c>. It is
/// the whole of a 0-layer model.</summary>
/// <remarks>If the model has a final norm, it is applied to the embedding alone, as if no layer had
/// written anything. Position embeddings are left out. The product <c>W_E W_U</c>, <c>[vocab,
/// vocab]</c>, is never held: rows, columns and single entries are computed on request, normalisers
/// in blocks. Elhage et al. (2021), "A Mathematical Framework for Transformer Circuits". The
/// weights are borrowed and must outlive this.</remarks>
public sealed class DirectPath : IDisposable
{
    private const int InputsPerBlock = 2048;
    private readonly Tensor<float> _embed;
    private readonly Tensor<float> _read;
    private readonly Tensor<float> _unembed;
    private readonly Tensor<float>? _bias;

    /// <summary>Takes the weights of a model without a final norm.</summary>
    /// <param name="embed">W_E, float32 [vocab, dModel].</param>
    /// <param name="unembed">W_U, float32 [dModel, vocab]; a view of [vocab, dModel] is not
    /// copied.</param>
    /// <param name="bias">b_U, float32 [vocab], or null for none.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public DirectPath(Tensor<float> embed, Tensor<float> unembed, Tensor<float>? bias)
        : this(embed, unembed, bias, norm: null)
    {
    }

    private DirectPath(
        Tensor<float> embed, Tensor<float> unembed, Tensor<float>? bias, Norm? norm)
    {
        if (embed.Rank != 2 || unembed.Rank != 2 || embed.Shape[0] != unembed.Shape[1]
            || embed.Shape[1] != unembed.Shape[0])
        {
            throw new ShapeException(
                "DirectPath: W_E must be [vocab, dModel] and W_U [dModel, vocab]; got "
                + $"{embed.Shape} and {unembed.Shape}; transpose one of them?");
        }

        if (bias is not null && bias.Shape != [embed.Shape[0]])
        {
            throw new ShapeException(
                $"DirectPath: b_U must be [{embed.Shape[0]}] to match W_U {unembed.Shape}; got "
                    + $"{bias.Shape}.");
        }

        _embed = embed.Contiguous();
        _read = norm?.Of(_embed) ?? _embed;
        _unembed = unembed.Transpose().Contiguous();
        _bias = bias?.Contiguous();
    }

    /// <summary>The size of the vocabulary.</summary>
    public int Vocabulary => _embed.Shape[0];

    /// <summary>The width of the residual stream.</summary>
    public int DModel => _embed.Shape[1];

    /// <summary>W_E, float32 [vocab, dModel]; borrowed.</summary>
    public Tensor<float> Embed => _embed;

    /// <summary>What the unembedding reads for each token, float32 [vocab, dModel]; borrowed:
    /// <see cref="Embed"/>, or its normalised rows if the model has a final norm.</summary>
    public Tensor<float> Read => _read;

    /// <summary>W_U transposed, float32 [vocab, dModel], a row for each token; borrowed.</summary>
    public Tensor<float> Unembed => _unembed;

    /// <summary>b_U, float32 [vocab], or null; borrowed.</summary>
    public Tensor<float>? Bias => _bias;

    /// <summary>The direct path of a model: its embedding, final norm and unembedding; borrowed, so
    /// the model must outlive this.</summary>
    /// <exception cref="RequestException">The model has parts that the direct path does not
    /// read.</exception>
    public static DirectPath Of(Transformer model)
    {
        model.RequireAttentionOnly("DirectPath");
        return new DirectPath(
            model.Embed.W_E.Value, model.Unembed.W_U.Value, model.Unembed.B_U.Value, model.LnFinal);
    }

    /// <summary>One entry, summed in double precision.</summary>
    public double Logit(int input, int output)
    {
        ReadOnlySpan<float> left = _read.Span.Slice(Check(input) * DModel, DModel);
        ReadOnlySpan<float> right = _unembed.Span.Slice(Check(output) * DModel, DModel);
        double even = _bias is null ? 0 : _bias.Span[output];
        double odd = 0;
        int i = 0;
        for (; i + 1 < left.Length; i += 2)
        {
            even += (double)left[i] * right[i];
            odd += (double)left[i + 1] * right[i + 1];
        }

        return even + odd + (i < left.Length ? (double)left[i] * right[i] : 0);
    }

    /// <summary>The logits of every next token after <paramref name="input"/>, float32
    /// [vocab].</summary>
    public float[] Row(int input)
    {
        using Tensor<float> row = Rows([input]);
        return row.ToArray();
    }

    /// <summary>The logits of every next token after each of a few inputs, float32 [inputs, vocab];
    /// the caller owns it.</summary>
    public Tensor<float> Rows(ReadOnlySpan<int> inputs)
    {
        foreach (int input in inputs)
        {
            Check(input);
        }

        using Tensor<int> indices = Tensor.From(inputs, [inputs.Length], _embed.Device);
        using Tensor<float> x = Ops.GatherRows(_read, indices);
        Tensor<float> logits = Ops.MatMul(x, _unembed.Transpose());
        return _bias is null ? logits : Ops.Add(logits, _bias, into: logits);
    }

    /// <summary>The logits of <paramref name="output"/> after every input, float32
    /// [vocab].</summary>
    public float[] Column(int output)
    {
        using Tensor<float> y = _unembed.Slice(0, Check(output), 1);
        using Tensor<float> logits = Ops.MatMul(_read, y.Transpose());
        float[] column = logits.ToArray();
        for (int input = 0; _bias is not null && input < column.Length; input++)
        {
            column[input] += _bias.Span[output];
        }

        return column;
    }

    /// <summary><c>ln Σ_v exp(logit)</c> of chosen inputs, in blocks of rows that are never
    /// stored.</summary>
    /// <param name="inputs">The inputs to compute.</param>
    /// <param name="progress">Receives the share done.</param>
    /// <param name="cancellation">Checked between blocks.</param>
    /// <returns>float32 [vocab]; NaN for every other input.</returns>
    public float[] LogSumExp(
        ReadOnlySpan<int> inputs, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        float[] result = new float[Vocabulary];
        Array.Fill(result, float.NaN);
        for (int start = 0; start < inputs.Length; start += InputsPerBlock)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> block =
                inputs.Slice(start, Math.Min(InputsPerBlock, inputs.Length - start));
            using Tensor<int> indices = Tensor.From(block, [block.Length], _embed.Device);
            using Tensor<float> x = Ops.GatherRows(_read, indices);
            using Tensor<int> targets = Tensor.Zeros<int>([block.Length], _embed.Device);
            using Tensor<float> losses = Ops.LinearCrossEntropy(
                x, _unembed.Transpose(), _bias, targets, out Tensor<float> logSumExp);
            using (logSumExp)
            {
                for (int i = 0; i < block.Length; i++)
                {
                    result[block[i]] = logSumExp.Span[i];
                }
            }

            progress?.Report((start + block.Length) / (double)inputs.Length);
        }

        return result;
    }

    /// <summary>Releases computed or copied data; the weights themselves stay.</summary>
    public void Dispose()
    {
        _read.Dispose();
        _embed.Dispose();
        _unembed.Dispose();
        _bias?.Dispose();
    }

    private int Check(int token) => (uint)token < (uint)Vocabulary
        ? token
        : throw new ArgumentOutOfRangeException(
            nameof(token), token, $"DirectPath: tokens must be 0 … {Vocabulary - 1}.");
}
