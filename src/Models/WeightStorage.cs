namespace Vitrine.Models;

/// <summary>How a file's weights are stored when a model is loaded.</summary>
public enum WeightStorage
{
    /// <summary>They are copied as float32: the model can be trained, and every analysis reads
    /// it.</summary>
    Copied,

    /// <summary>Matrices stay in the file, mapped into memory, in the file's element type;
    /// products, gathers and the unembedding decode them on the fly. The model runs and generates;
    /// it cannot be trained, and analyses that read its matrices refuse it. The file must not
    /// change while the model lives.</summary>
    Stored,
}
